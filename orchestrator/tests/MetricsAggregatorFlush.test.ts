import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { drainMetricsQueue } from '../src/cli/metrics/drainMetricsQueue.ts';
import {
  ensureMetricsTrailingNewline,
  mergePendingMetricsEntries,
  withMetricsLock,
} from '../src/cli/metrics/metricsAggregator.ts';
import { appendMetricsEntry } from '../src/cli/metrics/metricsRecorder.ts';
import type { Manifest, RunStatus } from '../src/run/manifestTypes.ts';
import { type TaskEnvironment, taskPaths } from '../src/run/paths.ts';
import { JsonLinesWriter } from '../src/storage/jsonLinesWriter.ts';
import { inspectLock } from '../src/storage/lock.ts';
import type { Fault } from './support/faults.ts';
import { readJsonLinesFile } from './support/jsonLinesFile.ts';
import { assertManifest } from './support/manifestSchema.ts';
import { validateMetricsEntry } from './support/metricsEntrySchema.ts';
import {
  aggregate,
  aggregatePath,
  createTask,
  entryOf,
  finishedRun,
  pendingNames,
  readObject,
  recordedRunIds,
  writeHistory,
  writePending,
} from './support/metricsHistory.ts';
import { buildRecorder, type RecorderProgram } from './support/metricsRecorder.ts';
import { runCli } from './support/runCli.ts';
import { makeRepo } from './support/sandboxRepo.ts';
import { command, pipeline } from './support/stageConfig.ts';

const ENTRY_1 = JSON.stringify(entryOf(1, 'succeeded'));
const ENTRY_2 = JSON.stringify(entryOf(2, 'failed'));
const IMPATIENT = { attempts: 2, delayMs: 1 };

let env: TaskEnvironment;
beforeEach(() => {
  env = createTask();
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  fs.rmSync(env.repoRoot, { recursive: true, force: true });
});

/** An empty lock file, as the tool that ours replaces leaves it; `ageMs` old. */
function holdForeignLock(ageMs = 0): string {
  const { taskDir, metricsLockPath } = taskPaths(env);
  fs.mkdirSync(taskDir, { recursive: true });
  fs.writeFileSync(metricsLockPath, '');
  age(metricsLockPath, ageMs);
  return metricsLockPath;
}

function age(file: string, ageMs: number): void {
  const time = new Date(Date.now() - ageMs);
  fs.utimesSync(file, time, time);
}

function pendingLines(count: number): string {
  return Array.from({ length: count }, (_, line) => `{"run_id":"run-${line + 1}"}\n`).join('');
}

function storedManifest(runId: string): Manifest {
  const manifest: unknown = readObject(path.join(taskPaths(env).runsDir, runId, 'manifest.json'));
  assertManifest(manifest);
  return manifest;
}

async function record(runId: string, status: RunStatus = 'succeeded') {
  const { paths, manifest } = finishedRun(env, runId, status);
  return { manifest, result: await appendMetricsEntry(env, paths, manifest) };
}

describe('the metrics lock', () => {
  test('is held while the action runs and gone afterwards', async () => {
    const lock = taskPaths(env).metricsLockPath;
    let during: Awaited<ReturnType<typeof inspectLock>> = null;
    const obtained = await withMetricsLock(env, async () => {
      during = await inspectLock(lock);
    });
    expect(obtained).toBe(true);
    expect(during).toMatchObject({ liveness: 'alive', owner: { pid: process.pid, purpose: 'metrics' } });
    expect(fs.existsSync(lock)).toBe(false);
  });

  test('is released when the action throws', async () => {
    const failure = new Error('no');
    await expect(withMetricsLock(env, () => Promise.reject(failure))).rejects.toBe(failure);
    expect(fs.existsSync(taskPaths(env).metricsLockPath)).toBe(false);
  });

  test('of somebody else is waited for, then given up', async () => {
    const lock = holdForeignLock();
    const action = vi.fn<() => Promise<void>>();
    const startedMs = performance.now();
    expect(await withMetricsLock(env, action, { attempts: undefined, staleMs: undefined })).toBe(false);
    expect(performance.now() - startedMs).toBeGreaterThan(345);
    expect(action).not.toHaveBeenCalled();
    expect(fs.existsSync(lock)).toBe(true);
  });

  test('is obtained as soon as it is free', async () => {
    const lock = holdForeignLock();
    const waiting = withMetricsLock(env, async () => {}, { attempts: 1000, delayMs: 1, maxDelayMs: 5 });
    fs.rmSync(lock);
    expect(await waiting).toBe(true);
  });

  test('without owner is taken over when it is older than five minutes', async () => {
    holdForeignLock(301_000);
    expect(await withMetricsLock(env, async () => {}, IMPATIENT)).toBe(true);
    holdForeignLock(290_000);
    expect(await withMetricsLock(env, async () => {}, IMPATIENT)).toBe(false);
    expect(await withMetricsLock(env, async () => {}, { ...IMPATIENT, staleMs: 200_000 })).toBe(true);
    holdForeignLock(301_000);
    expect(await withMetricsLock(env, async () => {}, { ...IMPATIENT, staleMs: 0 })).toBe(false);
  });

  test('only "exists" is retried: any other error travels on at once', async () => {
    fs.mkdirSync(taskPaths(env).metricsLockPath, { recursive: true });
    const patient = { attempts: 2, delayMs: 600_000, maxDelayMs: 600_000 };
    await expect(withMetricsLock(env, async () => {}, patient)).rejects.toMatchObject({ code: 'EISDIR' });
  });
});

describe('the newline guard', () => {
  test.each([
    { before: '{"a":1}', after: '{"a":1}\n' },
    { before: '{"a":1}\n{"torn', after: '{"a":1}\n{"torn\n' },
    { before: '{"a":1}\n', after: '{"a":1}\n' },
    { before: '', after: '' },
  ])('makes $after of $before', async ({ before, after }) => {
    writeHistory(env, before);
    await ensureMetricsTrailingNewline(taskPaths(env).metricsPath);
    expect(fs.readFileSync(taskPaths(env).metricsPath, 'utf8')).toBe(after);
  });

  test('does not create a missing file', async () => {
    await ensureMetricsTrailingNewline(taskPaths(env).metricsPath);
    expect(fs.existsSync(taskPaths(env).metricsPath)).toBe(false);
  });
});

describe('merging pending entries', () => {
  test('moves every file, in the order of their names', async () => {
    writePending(env, 'entry-b.jsonl', `${ENTRY_2}\n`);
    writePending(env, 'entry-a.jsonl', `${ENTRY_1}\n`);
    expect(await mergePendingMetricsEntries(env)).toBe(2);
    expect(recordedRunIds(env)).toEqual(['run-1', 'run-2']);
    expect(pendingNames(env)).toEqual([]);
  });

  test('has nothing to do without a queue', async () => {
    expect(await mergePendingMetricsEntries(env)).toBe(0);
    expect(fs.existsSync(taskPaths(env).metricsPath)).toBe(false);
  });

  test('closes an unterminated last line first', async () => {
    writeHistory(env, ENTRY_1);
    writePending(env, 'entry.jsonl', ENTRY_2);
    await mergePendingMetricsEntries(env);
    expect(recordedRunIds(env)).toEqual(['run-1', 'run-2']);
  });

  test('keeps a torn line, so that only that one is lost', async () => {
    writeHistory(env, '{"run_id":"torn"');
    writePending(env, 'entry.jsonl', `${ENTRY_2}\n`);
    await mergePendingMetricsEntries(env);
    expect(fs.readFileSync(taskPaths(env).metricsPath, 'utf8')).toBe(`{"run_id":"torn"\n${ENTRY_2}\n`);
  });

  test('passes over blank lines', async () => {
    writePending(env, 'entry.jsonl', `  \n${ENTRY_1}\n\t\n${ENTRY_2}\n\n`);
    expect(await mergePendingMetricsEntries(env)).toBe(2);
    expect(recordedRunIds(env)).toEqual(['run-1', 'run-2']);
    expect(pendingNames(env)).toEqual([]);
  });

  test('copies lines byte for byte, whatever they hold', async () => {
    const odd = Buffer.concat([Buffer.from('{"a":"\u2028"}\r\nnot json \xff'), Buffer.from([0xff, 0xc3])]);
    fs.mkdirSync(taskPaths(env).metricsPendingDir, { recursive: true });
    fs.writeFileSync(path.join(taskPaths(env).metricsPendingDir, 'odd.jsonl'), odd);
    expect(await mergePendingMetricsEntries(env)).toBe(2);
    const expected = Buffer.concat([
      Buffer.from('{"a":"\u2028"}\nnot json \xff'),
      Buffer.from([0xff, 0xc3]),
      Buffer.from('\n'),
    ]);
    expect(fs.readFileSync(taskPaths(env).metricsPath).equals(expected)).toBe(true);
  });

  test('copies a line that is longer than a read buffer', async () => {
    const long = JSON.stringify({ ...entryOf(1, 'succeeded'), note: 'x'.repeat(300_000) });
    writePending(env, 'entry.jsonl', `${long}\n${ENTRY_2}\n`);
    expect(await mergePendingMetricsEntries(env)).toBe(2);
    expect(fs.readFileSync(taskPaths(env).metricsPath, 'utf8')).toBe(`${long}\n${ENTRY_2}\n`);
  });

  test('deletes a file without any entry and appends nothing', async () => {
    writePending(env, 'entry.jsonl', ' \n\n');
    expect(await mergePendingMetricsEntries(env)).toBe(0);
    expect(pendingNames(env)).toEqual([]);
    expect(fs.existsSync(taskPaths(env).metricsPath)).toBe(false);
  });

  test('leaves alone what is no entry', async () => {
    writePending(env, 'notes.txt', 'keep');
    writePending(env, 'folder.jsonl/inside', 'keep');
    expect(await mergePendingMetricsEntries(env)).toBe(0);
    expect(pendingNames(env)).toEqual(['folder.jsonl', 'notes.txt']);
  });

  test('keeps the queue when metrics.json cannot be written', async () => {
    fs.mkdirSync(taskPaths(env).metricsPath, { recursive: true });
    writePending(env, 'entry.jsonl', `${ENTRY_1}\n`);
    await expect(mergePendingMetricsEntries(env)).rejects.toMatchObject({ code: 'EISDIR' });
    expect(pendingNames(env)).toEqual(['entry.jsonl']);
  });
});

describe('batches of a merge', () => {
  const appends = () => vi.spyOn(JsonLinesWriter.prototype, 'appendBytes');

  test('hold at most MAX_LINES lines of a file, in order; lines are not validated', async () => {
    vi.stubEnv('CODEX_METRICS_PENDING_BATCH_MAX_LINES', '2');
    writePending(env, 'entry.jsonl', pendingLines(5));
    const calls = appends();
    expect(await mergePendingMetricsEntries(env)).toBe(5);
    expect(calls).toHaveBeenCalledTimes(3);
    expect(recordedRunIds(env)).toEqual(['run-1', 'run-2', 'run-3', 'run-4', 'run-5']);
    expect(pendingNames(env)).toEqual([]);
  });

  test('reach over several files, whose order is kept', async () => {
    vi.stubEnv('CODEX_METRICS_PENDING_BATCH_MAX_LINES', '2');
    for (const index of [1, 2, 3, 4])
      writePending(env, `entry-${index}.jsonl`, `{"run_id":"run-${index}"}\n`);
    const calls = appends();
    expect(await mergePendingMetricsEntries(env)).toBe(4);
    expect(calls).toHaveBeenCalledTimes(2);
    expect(recordedRunIds(env)).toEqual(['run-1', 'run-2', 'run-3', 'run-4']);
    expect(pendingNames(env)).toEqual([]);
  });

  test('hold at most MAX_BYTES bytes with their newlines; a longer single line is written alone', async () => {
    const line = '{"run_id":"run-1"}\n';
    vi.stubEnv('CODEX_METRICS_PENDING_BATCH_MAX_BYTES', String(2 * line.length));
    writePending(env, 'entry.jsonl', `${pendingLines(4)}{"run_id":"${'x'.repeat(100)}"}\n${line}`);
    const calls = appends();
    expect(await mergePendingMetricsEntries(env)).toBe(6);
    expect(calls.mock.calls.map(([data]) => data.length)).toEqual([38, 38, 114, 19]);
  });

  test.each([
    { value: '0', appends: 1 },
    { value: '-3', appends: 1 },
    { value: '', appends: 2 },
    { value: 'many', appends: 2 },
    { value: '300abc', appends: 2 },
  ])('MAX_LINES=$value makes $appends of 501 lines', async ({ value, appends: expected }) => {
    vi.stubEnv('CODEX_METRICS_PENDING_BATCH_MAX_LINES', value);
    writePending(env, 'entry.jsonl', pendingLines(501));
    const calls = appends();
    expect(await mergePendingMetricsEntries(env)).toBe(501);
    expect(calls).toHaveBeenCalledTimes(expected);
  });
});

describe('temporary files of killed writers', () => {
  const STALE_MS = 301_000;

  test('a stale one with valid entries is merged', async () => {
    age(writePending(env, 'entry-stale.jsonl.tmp', `${ENTRY_1}\n`), Date.now());
    expect(await mergePendingMetricsEntries(env)).toBe(1);
    expect(recordedRunIds(env)).toEqual(['run-1']);
    expect(pendingNames(env)).toEqual([]);
  });

  test.each([
    { what: 'is empty', text: '' },
    { what: 'has blank lines only', text: ' \n\n' },
    { what: 'ends in a torn line', text: `${ENTRY_1}\n{"run_id":"ru` },
    { what: 'has one invalid entry', text: `${ENTRY_1}\n{"run_id":"run-2"}\n` },
  ])('a stale one that $what is deleted', async ({ text }) => {
    age(writePending(env, 'entry.jsonl.tmp', text), STALE_MS);
    expect(await mergePendingMetricsEntries(env)).toBe(0);
    expect(pendingNames(env)).toEqual([]);
  });

  test('a fresh one is left to its writer', async () => {
    age(writePending(env, 'entry.jsonl.tmp', `${ENTRY_1}\n`), 290_000);
    expect(await mergePendingMetricsEntries(env)).toBe(0);
    expect(pendingNames(env)).toEqual(['entry.jsonl.tmp']);
  });

  test('a stale one whose name is taken gets another one', async () => {
    fs.mkdirSync(path.join(taskPaths(env).metricsPendingDir, 'entry.jsonl'), { recursive: true });
    age(writePending(env, 'entry.jsonl.tmp', `${ENTRY_1}\n`), STALE_MS);
    age(writePending(env, 'odd-name.tmp', `${ENTRY_2}\n`), STALE_MS);
    expect(await mergePendingMetricsEntries(env)).toBe(2);
    expect(recordedRunIds(env).toSorted()).toEqual(['run-1', 'run-2']);
    expect(pendingNames(env)).toEqual(['entry.jsonl']);
  });
});

describe('recording a run', () => {
  test('appends its line, flags its manifest and updates the aggregates', async () => {
    const { manifest, result } = await record('run-a');
    expect(result).toEqual({ outcome: 'appended', pendingFile: null, warnings: [] });
    expect(recordedRunIds(env)).toEqual(['run-a']);
    expect(manifest.metrics_recorded).toBe(true);
    expect(storedManifest('run-a')).toEqual(JSON.parse(JSON.stringify(manifest)));
    expect(manifest.summary).toBe('Guardrails: none found.');
    expect(manifest.guardrail_status?.counts.total).toBe(0);
    expect(aggregate(env, 'post-rollout')['total_runs']).toBe(1);
    expect(fs.existsSync(taskPaths(env).metricsLockPath)).toBe(false);
  });

  test('merges the queue before its own line', async () => {
    writePending(env, 'entry-1.jsonl', `${ENTRY_1}\n`);
    writePending(env, 'entry-2.jsonl', `${ENTRY_2}\n`);
    await record('run-3');
    expect(recordedRunIds(env)).toEqual(['run-1', 'run-2', 'run-3']);
    expect(pendingNames(env)).toEqual([]);
    expect(aggregate(env, 'post-rollout')['total_runs']).toBe(3);
  });

  test('also merges what is queued while it works', async () => {
    const { paths, manifest } = finishedRun(env, 'run-a');
    const persist = async () => {
      writePending(env, 'late.jsonl', `${ENTRY_1}\n`);
    };
    await appendMetricsEntry(env, paths, manifest, { persist });
    expect(recordedRunIds(env)).toEqual(['run-a', 'run-1']);
    expect(aggregate(env, 'post-rollout')['total_runs']).toBe(2);
  });

  test('leaves what is queued while it aggregates to be drained once it is over', async () => {
    // Aggregation stands still while it reads this pipe.
    const pipe = aggregatePath(env, 'baseline');
    fs.mkdirSync(path.dirname(pipe), { recursive: true });
    execFileSync('mkfifo', [pipe]);
    const recording = record('run-a');
    const writer = await fs.promises.open(pipe, 'w');
    writePending(env, 'late.jsonl', `${ENTRY_1}\n`);
    fs.rmSync(pipe);
    await writer.close();
    await recording;
    await drainMetricsQueue(env);
    expect(recordedRunIds(env)).toEqual(['run-a', 'run-1']);
    expect(aggregate(env, 'post-rollout')['total_runs']).toBe(2);
  });

  test.each(['failed', 'cancelled'] as const)('of status %s counts as not succeeded', async (status) => {
    await record('run-a', status);
    expect(aggregate(env, 'post-rollout')).toMatchObject({ total_runs: 1, succeeded_runs: 0 });
  });

  test.each(['queued', 'in_progress'] as const)('of status %s does nothing', async (status) => {
    const { result } = await record('run-a', status);
    expect(result).toEqual({ outcome: 'skipped', pendingFile: null, warnings: [] });
    expect(fs.existsSync(taskPaths(env).metricsPath)).toBe(false);
  });

  test('a second time does nothing', async () => {
    const { paths, manifest } = finishedRun(env, 'run-a');
    await appendMetricsEntry(env, paths, manifest);
    expect((await appendMetricsEntry(env, paths, manifest)).outcome).toBe('skipped');
    expect(recordedRunIds(env)).toEqual(['run-a']);
  });

  test('that was resumed to success makes it count as succeeded', async () => {
    const { paths, manifest } = finishedRun(env, 'run-a', 'failed');
    await appendMetricsEntry(env, paths, manifest);
    Object.assign(manifest, {
      status: 'succeeded',
      metrics_recorded: false,
      completed_at: '2025-11-05T09:00:00.000Z',
    });
    delete manifest.guardrail_status;
    await appendMetricsEntry(env, paths, manifest);
    expect(recordedRunIds(env)).toEqual(['run-a', 'run-a']);
    expect(aggregate(env, 'post-rollout')).toMatchObject({ total_runs: 1, succeeded_runs: 1 });
  });

  test('without its guardrail says what to do about it', async () => {
    const { paths, manifest } = finishedRun(env, 'run-a');
    manifest.guardrails_required = true;
    const advice = 'Add a stage that runs spec-guard, or set "guardrailsRequired": false in the pipeline.';
    expect((await appendMetricsEntry(env, paths, manifest)).warnings).toEqual([advice]);
    expect(storedManifest('run-a').summary).toBe(`${advice}\nGuardrails: none found.`);
  });
});

describe('recording a run while the lock is busy', () => {
  test('queues its entry and touches nothing else', async () => {
    holdForeignLock();
    const { manifest, result } = await record('run a/ä');
    expect(pendingNames(env)).toHaveLength(1);
    expect(pendingNames(env)[0]).toMatch(/^run_a_-\d{13}-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.jsonl$/);
    const pendingFile = path.join(taskPaths(env).metricsPendingDir, pendingNames(env)[0] ?? '');
    expect(result).toEqual({
      outcome: 'queued',
      pendingFile,
      warnings: [
        `The metrics of this run were queued in ${path.relative(env.repoRoot, pendingFile)}: ` +
          'another run holds the metrics lock and merges them.',
      ],
    });
    expect(readObject(pendingFile)).toMatchObject({ run_id: 'run a/ä' });
    expect(manifest.metrics_recorded).toBe(false);
    expect(storedManifest('run a/ä')).toMatchObject({ status: 'succeeded', metrics_recorded: false });
    expect(fs.existsSync(taskPaths(env).metricsPath)).toBe(false);
    expect(fs.existsSync(aggregatePath(env, 'post-rollout'))).toBe(false);
  });

  test('the next run merges it', async () => {
    const lock = holdForeignLock();
    await record('run-a');
    fs.rmSync(lock);
    await record('run-b');
    expect(recordedRunIds(env)).toEqual(['run-a', 'run-b']);
    expect(aggregate(env, 'post-rollout')['total_runs']).toBe(2);
  });
});

describe('recording a run when it cannot be written', () => {
  test('metrics.json: the error travels on, the manifest has its terminal status on disk', async () => {
    fs.mkdirSync(taskPaths(env).metricsPath, { recursive: true });
    const { paths, manifest } = finishedRun(env, 'run-a', 'failed');
    await expect(appendMetricsEntry(env, paths, manifest)).rejects.toMatchObject({ code: 'EISDIR' });
    expect(storedManifest('run-a')).toMatchObject({
      status: 'failed',
      metrics_recorded: false,
      summary: 'Guardrails: none found.',
    });
    expect(fs.existsSync(taskPaths(env).metricsLockPath)).toBe(false);
  });

  test('an aggregate: the manifest says that the line is in', async () => {
    fs.mkdirSync(path.join(aggregatePath(env, 'completeness'), 'in the way'), { recursive: true });
    const { paths, manifest } = finishedRun(env, 'run-a');
    await expect(appendMetricsEntry(env, paths, manifest)).rejects.toMatchObject({ code: 'EISDIR' });
    expect(storedManifest('run-a').metrics_recorded).toBe(true);
    expect(recordedRunIds(env)).toEqual(['run-a']);
  });

  test('neither metrics.json nor the manifest: the error of the manifest, caused by the other', async () => {
    fs.mkdirSync(taskPaths(env).metricsPath, { recursive: true });
    const { paths, manifest } = finishedRun(env, 'run-a');
    const persist = () => Promise.reject(new Error('no manifest'));
    await expect(appendMetricsEntry(env, paths, manifest, { persist })).rejects.toMatchObject({
      message: 'no manifest',
      cause: { code: 'EISDIR' },
    });
  });
});

describe('the privacy cap', () => {
  const decisions = [1, 2].map((sequence) => ({
    handle_id: 'h',
    sequence,
    action: 'allow' as const,
    timestamp: '2025-11-05T01:00:00.000Z',
    stage_id: null,
  }));

  test.each([
    { value: '1', kept: 1 },
    { value: '0', kept: 0 },
    { value: '2', kept: 2 },
    { value: '-1', kept: 2 },
    { value: 'none', kept: 2 },
  ])('$value keeps $kept of 2 decisions', async ({ value, kept }) => {
    vi.stubEnv('CODEX_METRICS_PRIVACY_EVENTS_MAX', value);
    const { paths, manifest } = finishedRun(env, 'run-a');
    if (!manifest.privacy) throw new Error('fixture without privacy record');
    Object.assign(manifest.privacy, { decisions, log_path: 'privacy-decisions.ndjson' });
    await appendMetricsEntry(env, paths, manifest);
    const entry = readObject(taskPaths(env).metricsPath);
    expect(entry['privacy_events']).toEqual(decisions.slice(0, kept));
    expect(entry['privacy_event_count']).toBe(2);
    expect(entry['privacy_events_truncated']).toBe(kept < 2 ? true : undefined);
    expect(entry['privacy_log_path']).toBe('privacy-decisions.ndjson');
  });
});

test('the entry of a run has the fields of the contract, in its order', async () => {
  await record('run-a');
  const entry = readObject(taskPaths(env).metricsPath);
  expect(validateMetricsEntry(entry)).toEqual([]);
  const { recorded_at, ...rest } = entry;
  expect(recorded_at).toMatch(/Z$/);
  expect(Object.entries(rest)).toEqual(
    Object.entries({
      run_id: 'run-a',
      task_id: 'autonomy-upgrade',
      pipeline_id: 'diagnostics',
      status: 'succeeded',
      started_at: '2025-11-05T01:00:00.000Z',
      completed_at: '2025-11-05T01:05:00.000Z',
      duration_seconds: 300,
      commands_passed: 1,
      commands_failed: 0,
      guardrails_present: false,
      artifact_path: '.runs/autonomy-upgrade/cli/run-a',
      child_runs: 0,
      control_plane_status: 'unknown',
      scheduler_mode: null,
      instance_stats: [],
      privacy_mode: 'shadow',
      privacy_log_path: '.runs/autonomy-upgrade/cli/run-a/privacy-decisions.ndjson',
      privacy_event_count: 0,
      privacy_events: [],
      handle_count: 0,
      tfgrpo_epoch: null,
      tfgrpo_group_id: null,
      tfgrpo_group_size: null,
      tool_calls: 0,
      token_total: 0,
      cost_usd: 0,
      latency_ms: 0,
      tool_stats: [],
      learning_validation_status: 'pending',
      learning_snapshot_status: null,
      learning_scenario_status: null,
      learning_crystalizer_status: null,
      learning_alerts: 0,
      learning_group_id: null,
      learning_review_rejections: 0,
      learning_review_latency_ms: null,
      learning_regressions_detected: 0,
      learning_pattern_promoted: 0,
      learning_pattern_deprecated: 0,
      learning_throughput_candidates: 0,
    }),
  );
});

describe('a pipeline run', () => {
  test('that succeeds leaves its line, and a manifest that says so', async () => {
    const repo = await makeRepo({ config: pipeline(command('build', 'true')) });
    try {
      expect(await runCli(['start'], { cwd: repo.root })).toMatchObject({ code: 0 });
      const [runId] = await repo.runIds();
      const { lines } = await readJsonLinesFile(repo.path('.runs', '0101', 'metrics.json'));
      expect(lines).toMatchObject([{ run_id: runId, status: 'succeeded', commands_passed: 1 }]);
      expect(await repo.manifest()).toMatchObject({ status: 'succeeded', metrics_recorded: true });
    } finally {
      await repo.cleanup();
    }
  });
});

describe('several processes', () => {
  let recorder: RecorderProgram;
  beforeAll(async () => {
    recorder = await buildRecorder();
  });
  afterAll(() => recorder.remove());

  /** A recorder that has the lock and stands still in the middle of its work, for it reads a pipe. */
  async function startSlowRecorder() {
    const pipe = aggregatePath(env, 'baseline');
    fs.mkdirSync(path.dirname(pipe), { recursive: true });
    execFileSync('mkfifo', [pipe]);
    const slow = recorder.start(env, { prefix: 'slow' });
    slow.go();
    const writer = await fs.promises.open(pipe, 'w');
    const goOn = async () => {
      fs.rmSync(pipe);
      await writer.close();
    };
    return { slow, goOn };
  }

  function runWithFaults(prefix: string, ...faults: Fault[]) {
    return recorder.run(env, { prefix, faults });
  }

  test('that record at once, where a dead one left the lock: all are counted when the last has ended', async () => {
    const { slow, goOn } = await startSlowRecorder();
    const recorders = Array.from({ length: 16 }, (_, index) =>
      recorder.start(env, { prefix: `run-${index}` }),
    );
    for (const each of recorders) await each.ready();
    await slow.kill();
    await goOn();
    for (const each of recorders) each.go();
    for (const each of recorders) expect(await each.ended).toEqual({ code: 0, signal: null, stderr: '' });

    const runIds = ['slow-0', ...recorders.map((_, index) => `run-${index}-0`)];
    expect(recordedRunIds(env).toSorted()).toEqual(runIds.toSorted());
    expect(aggregate(env, 'post-rollout')).toMatchObject({ total_runs: 17, succeeded_runs: 17 });
    expect(pendingNames(env)).toEqual([]);
    expect(runIds.filter((runId) => !storedManifest(runId).metrics_recorded)).toEqual([]);
    expect(fs.existsSync(taskPaths(env).metricsLockPath)).toBe(false);
  });

  test('of which one is slow with the lock in its hands: it is not robbed, however old its lock', async () => {
    const { slow, goOn } = await startSlowRecorder();
    age(taskPaths(env).metricsLockPath, 86_400_000);
    const before = await inspectLock(taskPaths(env).metricsLockPath);
    expect((await record('quick')).result.outcome).toBe('queued');
    await drainMetricsQueue(env);
    const after = await inspectLock(taskPaths(env).metricsLockPath);
    expect(after).toMatchObject({ liveness: 'alive', owner: before?.owner });
    expect(recordedRunIds(env)).toEqual(['slow-0']);

    await goOn();
    expect(await slow.ended).toMatchObject({ code: 0, stderr: '' });
    expect(recordedRunIds(env)).toEqual(['slow-0', 'quick']);
    expect(aggregate(env, 'post-rollout')['total_runs']).toBe(2);
    expect(storedManifest('quick').metrics_recorded).toBe(true);
    expect(pendingNames(env)).toEqual([]);
  });

  test('of which one was killed with the lock in its hands: the next one goes on at once', async () => {
    const { slow, goOn } = await startSlowRecorder();
    await slow.kill();
    await goOn();
    expect(await inspectLock(taskPaths(env).metricsLockPath)).toMatchObject({ liveness: 'dead' });

    // Young as it is, the lock is no reason to wait.
    let obtained = false;
    expect(await withMetricsLock(env, async () => void (obtained = true), { attempts: 1 })).toBe(true);
    expect(obtained).toBe(true);
    expect((await record('run-b')).result.outcome).toBe('appended');
    expect(recordedRunIds(env)).toEqual(['slow-0', 'run-b']);
    expect(aggregate(env, 'post-rollout')['total_runs']).toBe(2);
  });

  test('on a full disk keep what was recorded and the terminal status', async () => {
    await record('run-a');
    const { code, stderr } = await runWithFaults(
      'full',
      { trigger: 'metrics.json', operation: 'write', bytes: 100 },
      { trigger: 'metrics.json', operation: 'write', nth: 2, errno: 'ENOSPC', forever: true },
    );
    expect(code).toBe(1);
    expect(stderr).toContain('ENOSPC: injected fault');
    expect(recordedRunIds(env)).toEqual(['run-a']);
    expect(storedManifest('full-0')).toMatchObject({
      status: 'succeeded',
      metrics_recorded: false,
      summary: 'Guardrails: none found.',
    });
    await record('run-b');
    expect(recordedRunIds(env)).toEqual(['run-a', 'run-b']);
  });

  test('killed between merging an entry and taking it out of the queue: it counts once', async () => {
    writePending(env, 'entry.jsonl', `${ENTRY_1}\n`);
    const { signal } = await runWithFaults('killed', {
      trigger: 'metrics.json',
      operation: 'write',
      kill: 'after',
    });
    expect(signal).toBe('SIGKILL');
    expect(recordedRunIds(env)).toEqual(['run-1']);
    await record('run-b');
    expect(recordedRunIds(env)).toEqual(['run-1', 'run-1', 'run-b']);
    expect(pendingNames(env)).toEqual([]);
    expect(aggregate(env, 'post-rollout')).toMatchObject({ total_runs: 2, succeeded_runs: 2 });
  });

  test('killed between its line and the flag in its manifest: recorded again, it counts once', async () => {
    const { signal } = await runWithFaults('killed', {
      trigger: 'manifest.json',
      operation: 'rename',
      nth: 2,
      kill: 'before',
    });
    expect(signal).toBe('SIGKILL');
    expect(recordedRunIds(env)).toEqual(['killed-0']);
    expect(storedManifest('killed-0').metrics_recorded).toBe(false);
    expect((await record('killed-0')).result.outcome).toBe('appended');
    expect(recordedRunIds(env)).toEqual(['killed-0', 'killed-0']);
    expect(aggregate(env, 'post-rollout')).toMatchObject({ total_runs: 1, succeeded_runs: 1 });
  });

  test('killed in the middle of its line: only that line is lost', async () => {
    await record('run-a');
    await runWithFaults(
      'torn',
      { trigger: 'metrics.json', operation: 'write', bytes: 100 },
      { trigger: 'metrics.json', operation: 'write', nth: 2, kill: 'before' },
    );
    const torn = fs.readFileSync(taskPaths(env).metricsPath, 'utf8');
    expect(torn.endsWith('\n')).toBe(false);
    await record('run-b');
    const text = fs.readFileSync(taskPaths(env).metricsPath, 'utf8');
    expect(text.startsWith(`${torn}\n{"run_id":"run-b"`)).toBe(true);
    expect(aggregate(env, 'post-rollout')['total_runs']).toBe(2);
  });

  test('killed while it queues its entry: a later run recovers it', async () => {
    const lock = holdForeignLock();
    const { signal } = await runWithFaults('killed', {
      trigger: 'metrics.pending',
      operation: 'rename',
      kill: 'before',
    });
    expect(signal).toBe('SIGKILL');
    fs.rmSync(lock);
    await record('run-b');
    expect(pendingNames(env)).toEqual([expect.stringMatching(/^killed-0-.*\.jsonl\.tmp$/)]);
    age(path.join(taskPaths(env).metricsPendingDir, pendingNames(env)[0] ?? ''), 301_000);
    await record('run-c');
    await drainMetricsQueue(env);
    expect(pendingNames(env)).toEqual([]);
    expect(recordedRunIds(env)).toEqual(['run-b', 'killed-0', 'run-c']);
    expect(aggregate(env, 'post-rollout')['total_runs']).toBe(3);
    expect(storedManifest('killed-0').metrics_recorded).toBe(true);
  });
});
