import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkpointPath } from '../../../src/cli/metrics/checkpoint.ts';
import {
  mergePendingMetricsEntries,
  updateMetricsAggregates,
  withMetricsLock,
} from '../../../src/cli/metrics/metricsAggregator.ts';
import { buildMetricsEntry } from '../../../src/cli/metrics/metricsEntry.ts';
import { appendMetricsEntry } from '../../../src/cli/metrics/metricsRecorder.ts';
import { repairMetrics } from '../../../src/cli/metricsCommand/repairMetrics.ts';
import { verifyMetrics } from '../../../src/cli/metricsCommand/verifyMetrics.ts';
import { announceRun } from '../../../src/run/announcedRuns.ts';
import { claimExistingRun } from '../../../src/run/claimRun.ts';
import type { Manifest, RunStatus } from '../../../src/run/manifestTypes.ts';
import { type RunPaths, runPaths, type TaskEnvironment, taskPaths } from '../../../src/run/paths.ts';
import { recordRunInIndex } from '../../../src/run/runsIndex.ts';
import { jsonDocument } from '../../../src/storage/replaceFile.ts';
import { deadOwner } from '../../run/storedRun.ts';
import {
  aggregate,
  aggregatePath,
  createTask,
  finishedRun,
  jsonLines,
  pendingNames,
  readObject,
  recordedRunIds,
  writePending,
} from '../../support/metricsHistory.ts';
import { runMain } from '../runMain.ts';

let env: TaskEnvironment;
beforeEach(() => {
  env = createTask('0101');
});
afterEach(() => fs.rmSync(env.repoRoot, { recursive: true, force: true }));

/** A run that has ended and written its manifest, and no more. */
function endedRun(runId: string, status: RunStatus = 'succeeded'): { paths: RunPaths; manifest: Manifest } {
  const run = finishedRun(env, runId, status);
  save(run);
  return run;
}

function save({ paths, manifest }: { paths: RunPaths; manifest: Manifest }): void {
  fs.writeFileSync(paths.manifestPath, jsonDocument(manifest));
}

async function recordedRun(runId: string): Promise<{ paths: RunPaths; manifest: Manifest }> {
  const run = endedRun(runId);
  await appendMetricsEntry(env, run.paths, run.manifest);
  return run;
}

function lineOf(manifest: Manifest): string {
  return jsonLines([buildMetricsEntry(manifest, '2025-11-05T01:05:00.000Z', Infinity)]);
}

/** Of a process that was killed while it held the lock. */
function leaveLock(file: string): void {
  const owner = {
    ...deadOwner(),
    token: 'dead-token',
    acquired_at: '2025-11-05T01:05:00.000Z',
    purpose: 'run',
  };
  fs.writeFileSync(file, `${JSON.stringify(owner)}\n`);
}

/** What `metrics repair` prints; the second time it must find nothing, and change nothing. */
async function repair(): Promise<string[]> {
  const { code, stdout, stderr } = await runMain(['metrics', 'repair'], { cwd: env.repoRoot });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const before = contents();
  expect((await repairMetrics(env)).actions).toEqual([]);
  expect(contents()).toEqual(before);
  return stdout.trimEnd().split('\n');
}

function contents(): Record<string, string> {
  const names = fs.readdirSync(env.repoRoot, { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => fs.statSync(path.join(env.repoRoot, name)).isFile());
  return Object.fromEntries(
    files.map((name) => [name, fs.readFileSync(path.join(env.repoRoot, name), 'latin1')]),
  );
}

/** What was to be brought back: every run counted once, and its manifest says so. */
async function expectAllRecorded(...runIds: string[]): Promise<void> {
  expect([...new Set(recordedRunIds(env))].toSorted()).toEqual(runIds.toSorted());
  expect(aggregate(env, 'post-rollout')).toMatchObject({ total_runs: runIds.length });
  for (const runId of runIds) {
    expect(readObject(runPaths(env, runId).manifestPath)).toMatchObject({
      run_id: runId,
      metrics_recorded: true,
    });
  }
  expect((await verifyMetrics(env)).differences).toEqual([]);
  expect(pendingNames(env)).toEqual([]);
  expect(fs.existsSync(taskPaths(env).metricsLockPath)).toBe(false);
}

it('finds nothing where all is well', async () => {
  await recordedRun('one');
  const before = contents();
  expect(await repair()).toEqual(['Nothing to repair.']);
  expect(contents()).toEqual(before);
});

it('records a run that was killed before its line was appended, as the run would have', async () => {
  await recordedRun('one');
  const { paths, manifest } = endedRun('two', 'failed');
  leaveLock(paths.ownerLockPath);
  expect(await repair()).toEqual(['Recorded run two: it had ended, but its metrics were missing.']);
  await expectAllRecorded('one', 'two');
  const [, line = ''] = fs.readFileSync(taskPaths(env).metricsPath, 'utf8').split('\n');
  const { recorded_at: _at, ...expected } = buildMetricsEntry(manifest, '', Infinity);
  expect(JSON.parse(line)).toMatchObject(expected);
  expect(readObject(paths.manifestPath)['summary']).toContain('Guardrails');
  expect(fs.existsSync(paths.ownerLockPath)).toBe(false);
});

it('sets the flag of a run that was killed after its line was appended', async () => {
  await recordedRun('one');
  const { paths, manifest } = endedRun('two');
  fs.appendFileSync(taskPaths(env).metricsPath, lineOf(manifest));
  leaveLock(paths.ownerLockPath);
  leaveLock(taskPaths(env).metricsLockPath);
  expect(await repair()).toEqual([
    'Brought the aggregates up to date: they count 2 runs.',
    'Marked run two as recorded: its metrics were there, but its manifest did not say so.',
  ]);
  await expectAllRecorded('one', 'two');
  expect(recordedRunIds(env)).toEqual(['one', 'two']);
});

it('counts a run that was killed after its flag was set', async () => {
  await recordedRun('one');
  const { paths, manifest } = endedRun('two');
  fs.appendFileSync(taskPaths(env).metricsPath, lineOf(manifest));
  save({ paths, manifest: { ...manifest, metrics_recorded: true } });
  leaveLock(taskPaths(env).metricsLockPath);
  expect(await repair()).toEqual(['Brought the aggregates up to date: they count 2 runs.']);
  await expectAllRecorded('one', 'two');
});

it('releases what was killed after the aggregates, and closes a torn line', async () => {
  await recordedRun('one');
  leaveLock(taskPaths(env).metricsLockPath);
  expect(await repair()).toEqual(['Nothing to repair.']);
  await expectAllRecorded('one');
  fs.appendFileSync(taskPaths(env).metricsPath, '{"run_id":"tw');
  endedRun('two');
  expect(await repair()).toEqual([
    'Brought the aggregates up to date: they count 1 run.',
    'Recorded run two: it had ended, but its metrics were missing.',
  ]);
  expect(aggregate(env, 'post-rollout')).toMatchObject({ total_runs: 2 });
});

it('takes in what is queued, and what was merged but not marked', async () => {
  const queue = async (runId: string): Promise<void> => {
    const { paths, manifest } = finishedRun(env, runId);
    await withMetricsLock(env, async () => {
      expect((await appendMetricsEntry(env, paths, manifest)).outcome).toBe('queued');
    });
  };
  await queue('one');
  await withMetricsLock(env, async () => void (await mergePendingMetricsEntries(env)));
  await queue('two');
  expect(await repair()).toEqual([
    'Took 1 entry out of the queue into metrics.json.',
    'Brought the aggregates up to date: they count 2 runs.',
    'Marked run one as recorded: its metrics were there, but its manifest did not say so.',
    'Marked run two as recorded: its metrics were there, but its manifest did not say so.',
  ]);
  await expectAllRecorded('one', 'two');
  expect(recordedRunIds(env)).toEqual(['one', 'two']);
});

it('brings back entries that were about to be queued, and sweeps what holds none', async () => {
  await recordedRun('one');
  const { manifest } = endedRun('two');
  const stale = [
    writePending(env, 'two-1.jsonl.tmp', lineOf(manifest)),
    writePending(env, 'three-1.jsonl.tmp', '{"run_'),
  ];
  for (const file of stale) fs.utimesSync(file, 0, 0);
  const { aggregatesDir } = taskPaths(env);
  const index = fs.readdirSync(aggregatesDir).find((name) => name.startsWith('run-ids-')) ?? '';
  for (const file of [
    `${aggregatePath(env, 'state')}.123`,
    `${checkpointPath(aggregatesDir)}.45`,
    path.join(aggregatesDir, index, '01.67'),
  ]) {
    fs.writeFileSync(file, 'half');
  }
  fs.mkdirSync(path.join(aggregatesDir, 'run-ids-of-an-earlier-one'));
  fs.writeFileSync(`${taskPaths(env).metricsLockPath}.99`, 'somebody is about to try the lock');
  expect(await repair()).toEqual([
    'Brought back 1 entry that a killed run was about to queue.',
    'Removed 1 unfinished entry from the queue.',
    'Took 1 entry out of the queue into metrics.json.',
    'Brought the aggregates up to date: they count 2 runs.',
    'Removed 4 temporary files of killed processes.',
    'Marked run two as recorded: its metrics were there, but its manifest did not say so.',
  ]);
  expect(fs.existsSync(`${taskPaths(env).metricsLockPath}.99`)).toBe(true);
  await expectAllRecorded('one', 'two');
});

it('records the new end of a run that was resumed, whose earlier end is in the history', async () => {
  const { paths, manifest } = await recordedRun('one');
  await recordedRun('two');
  save({
    paths,
    manifest: {
      ...manifest,
      status: 'failed',
      completed_at: '2025-11-06T00:00:00.000Z',
      metrics_recorded: false,
    },
  });
  expect(await repair()).toEqual(['Recorded run one: it had ended, but its metrics were missing.']);
  expect(recordedRunIds(env)).toEqual(['one', 'two', 'one']);
  expect(aggregate(env, 'post-rollout')).toMatchObject({ total_runs: 2, succeeded_runs: 1 });
  await expectAllRecorded('one', 'two');
});

it('takes from the journal how a run ended whose manifest does not know it yet', async () => {
  const { paths, manifest } = finishedRun(env, 'one');
  const end = { type: 'run:end', status: 'failed', status_detail: null, summary: 'It failed.' };
  save({ paths, manifest: { ...manifest, status: 'in_progress', completed_at: null } });
  const begin = { type: 'run:begin', run_id: 'one', pipeline_id: 'diagnostics', stages: ['build'] };
  const stamp = { timestamp: '2025-11-05T01:04:00.000Z', index: 0 };
  fs.writeFileSync(
    paths.journalPath,
    jsonLines([
      { ...begin, ...stamp },
      { ...end, ...stamp },
    ]),
  );
  leaveLock(paths.ownerLockPath);
  expect(await repair()).toEqual(['Recorded run one: it had ended, but its metrics were missing.']);
  expect(readObject(paths.manifestPath)).toMatchObject({
    status: 'failed',
    completed_at: '2025-11-05T01:04:00.000Z',
    metrics_recorded: true,
  });
  await expectAllRecorded('one');
});

it('leaves a run to a living owner and names both', async () => {
  const { paths } = endedRun('one');
  const { owner } = await claimExistingRun(paths);
  const [first, second = '', ...rest] = await repair();
  expect([first, rest]).toEqual(['Nothing to repair.', []]);
  expect(second).toMatch(/^left alone: run one is being worked on by process \d+ on .+, since .+Z$/);
  expect(fs.existsSync(taskPaths(env).metricsPath)).toBe(false);
  await owner.release();
  expect(await repair()).toEqual(['Recorded run one: it had ended, but its metrics were missing.']);
  await expectAllRecorded('one');
});

it('leaves a run of another tool alone that may be about to record it', async () => {
  const { paths } = endedRun('one');
  fs.writeFileSync(paths.heartbeatPath, `${new Date().toISOString()}\n`);
  expect(await repair()).toEqual([
    'Nothing to repair.',
    'left alone: run one is being worked on by another tool, whose heartbeat is fresh',
  ]);
});

it('leaves runs that have not ended to resume', async () => {
  const { paths, manifest } = finishedRun(env, 'one');
  save({ paths, manifest: { ...manifest, status: 'in_progress', completed_at: null } });
  expect(await repair()).toEqual(['Nothing to repair.']);
});

it('is not stopped by a damaged manifest, and names it', async () => {
  fs.writeFileSync(endedRun('one').paths.manifestPath, '{');
  endedRun('two');
  expect(await repair()).toEqual([
    'Recorded run two: it had ended, but its metrics were missing.',
    'left alone: .runs/0101/cli/one/manifest.json is damaged: restore it from a backup, or move it away and repair again',
  ]);
});

it('replaces a damaged checkpoint and damaged aggregates', async () => {
  await recordedRun('one');
  fs.writeFileSync(checkpointPath(taskPaths(env).aggregatesDir), '{"version":1}\n{}\n');
  fs.writeFileSync(aggregatePath(env, 'state'), '');
  expect(await repair()).toEqual([
    'Brought the aggregates up to date: they count 1 run; counted all again, because the checkpoint is damaged.',
  ]);
  fs.rmSync(aggregatePath(env, 'mttr-delta'));
  expect(await repair()).toEqual(['Brought the aggregates up to date: they count 1 run.']);
  await expectAllRecorded('one');
});

it('adds a run to runs.json that did not get there', async () => {
  await recordedRun('one');
  await recordRunInIndex(env, { runId: 'one', timestamp: '2025-11-05T01:05:00.000Z' });
  const { paths } = await recordedRun('two');
  fs.writeFileSync(
    paths.runSummaryPath,
    jsonDocument({ runId: 'two', timestamp: '2025-11-05T01:06:00.000Z' }),
  );
  expect(await repair()).toEqual(['Added run two to runs.json.']);
  expect(readObject(taskPaths(env).runsIndexPath)).toMatchObject({
    runs: [{ runId: 'one' }, { runId: 'two' }],
  });

  fs.writeFileSync(taskPaths(env).runsIndexPath, '{');
  expect(await repair()).toEqual([
    'Nothing to repair.',
    'left alone: out/0101/runs.json is damaged: restore it from a backup, or move it away and repair again',
  ]);
  fs.rmSync(taskPaths(env).runsIndexPath);
  expect(await repair()).toEqual(['Added run two to runs.json.']);
});

it('leaves a damaged baseline to rebuild', async () => {
  await recordedRun('one');
  fs.writeFileSync(aggregatePath(env, 'baseline'), '{}');
  expect(await repair()).toEqual([
    'Nothing to repair.',
    'left alone: .runs/0101/metrics/baseline.json is damaged: `codex-orchestrator metrics rebuild` writes it anew',
  ]);
});

it('forgets what was announced by runs that were killed before their summary was written', async () => {
  const { paths } = await recordedRun('killed');
  const { paths: live } = await recordedRun('live');
  announceRun(env, paths);
  announceRun(env, live);
  leaveLock(paths.ownerLockPath);
  const { owner } = await claimExistingRun(live);
  const forgotten = 'was about to be added to runs.json: it was killed before its summary was written.';
  expect(await repair()).toEqual([`Forgot that run killed ${forgotten}`]);
  await owner.release();
  expect(await repair()).toEqual([`Forgot that run live ${forgotten}`]);
  expect(fs.readdirSync(taskPaths(env).runsPendingDir)).toEqual([]);
});

it('forgets of a resumed run only what its killed resume announced', async () => {
  const { paths } = await recordedRun('one');
  announceRun(env, paths);
  const summary = { runId: 'one', timestamp: '2025-11-05T01:06:00.000Z' };
  fs.writeFileSync(paths.runSummaryPath, jsonDocument(summary));
  announceRun(env, paths);
  expect(await repair()).toEqual([
    'Forgot that run one was about to be added to runs.json: it was killed before its summary was written.',
    'Added run one to runs.json.',
  ]);
  expect(readObject(taskPaths(env).runsIndexPath)).toMatchObject({ runs: [summary] });
});

it('repairs beside runs that end, each counted once', async () => {
  for (let at = 0; at < 5; at += 1) endedRun(`dead-${at}`);
  const recording = (async () => {
    for (let at = 0; at < 8; at += 1) await recordedRun(`live-${at}`);
  })();
  await Promise.all([repairMetrics(env), repairMetrics(env), recording]);
  expect((await repairMetrics(env)).left).toEqual([]);
  await expectAllRecorded(
    ...Array.from({ length: 5 }, (_, at) => `dead-${at}`),
    ...Array.from({ length: 8 }, (_, at) => `live-${at}`),
  );
});

it('prints one JSON document', async () => {
  await recordedRun('one');
  await updateMetricsAggregates(env);
  endedRun('two');
  fs.writeFileSync(`${aggregatePath(env, 'state')}.123`, 'half');
  fs.writeFileSync(endedRun('three').paths.manifestPath, '{');
  const { stdout } = await runMain(['metrics', 'repair', '--format', 'json'], { cwd: env.repoRoot });
  expect(JSON.parse(stdout)).toEqual({
    task_id: '0101',
    actions: [
      { action: 'swept', files: 1 },
      { action: 'recorded', run_id: 'two' },
    ],
    left_alone: [{ file: '.runs/0101/cli/three/manifest.json', reason: 'damaged', remedy: 'restore' }],
  });
});
