import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { updateMetricsAggregates } from '../src/cli/metrics/metricsAggregator.ts';
import type { RunStatus } from '../src/run/manifestTypes.ts';
import { type TaskEnvironment, taskPaths } from '../src/run/paths.ts';
import { bundleProgram } from './support/bundledProgram.ts';
import { eventually } from './support/eventually.ts';
import {
  aggregate,
  aggregatePath,
  createTask,
  entryOf,
  jsonLines,
  writeHistory,
} from './support/metricsHistory.ts';

const NAMES = ['baseline', 'post-rollout', 'completeness', 'per-epoch', 'mttr-delta', 'state'];

let env: TaskEnvironment;
beforeEach(() => {
  env = createTask();
});
afterEach(() => {
  fs.rmSync(env.repoRoot, { recursive: true, force: true });
});

async function aggregateHistory(entries: object[]): Promise<void> {
  writeHistory(env, jsonLines(entries));
  await updateMetricsAggregates(env);
}

/** `count` distinct runs of one status. */
function runs(count: number, status: RunStatus, overrides: object = {}): object[] {
  return Array.from({ length: count }, (_, run) => ({
    ...entryOf(1, status),
    run_id: `${status}-${run}`,
    ...overrides,
  }));
}

describe('the six aggregates', () => {
  test('tell what the history tells', async () => {
    await aggregateHistory([entryOf(1, 'succeeded'), entryOf(2, 'failed')]);

    expect(aggregate(env, 'baseline')).toEqual({
      run_id: 'run-1',
      recorded_at: '2025-11-05T01:05:00.000Z',
      status: 'succeeded',
      duration_seconds: 300,
      completion_rate: 1,
    });
    const updated_at = aggregate(env, 'post-rollout')['updated_at'];
    expect(updated_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(aggregate(env, 'post-rollout')).toEqual({
      total_runs: 2,
      succeeded_runs: 1,
      completion_rate: 0.5,
      meets_threshold: false,
      updated_at,
    });
    expect(aggregate(env, 'completeness')).toEqual({
      checked_fields: ['instance_stats', 'privacy_events', 'control_plane_status'],
      missing_counts: { instance_stats: 0, privacy_events: 0, control_plane_status: 0 },
      missing_field_ratio: 0,
      meets_threshold: true,
      updated_at,
    });
    const totals = { runs: 1, cost_usd: 0.1, latency_ms: 10 };
    expect(aggregate(env, 'per-epoch')).toEqual({
      epochs: [
        {
          epoch: 1,
          ...totals,
          tool_calls: 1,
          token_total: 101,
          group_size_avg: 2,
          tools: [{ tool: 'cli:command', ...totals, tokens: 101 }],
        },
        {
          epoch: 2,
          ...totals,
          tool_calls: 1,
          token_total: 102,
          group_size_avg: 2,
          tools: [{ tool: 'cli:command', ...totals, tokens: 102 }],
        },
      ],
      updated_at,
    });
    expect(aggregate(env, 'mttr-delta')).toEqual({
      baseline_mttr_seconds: 300,
      current_mttr_seconds: 300,
      reduction_percent: 0,
      meets_threshold: false,
      updated_at,
    });
    expect(aggregate(env, 'state')).toEqual({
      updated_at,
      safety: {
        validation: { passed: 1, failed: 1, stalled: 0, manual: 0 },
        reviewer: { rejections: 0, average_latency_ms: null },
        regression_detection: { detected: 0 },
        pattern_hygiene: { promoted: 2, deprecated: 0 },
      },
      throughput: { candidates: 2 },
      alerts: { total: 0, snapshot_failed: 0, stalled_snapshot: 0, needs_manual_scenario: 0 },
    });
  });

  test('are documents with 2-space indent and one newline', async () => {
    await aggregateHistory([entryOf(1, 'succeeded')]);
    for (const name of NAMES) {
      const text = fs.readFileSync(aggregatePath(env, name), 'utf8');
      expect(text).toBe(`${JSON.stringify(JSON.parse(text), null, 2)}\n`);
    }
  });

  test('are all written beside their place and renamed', async () => {
    const seen = new Set<string>();
    const directories = new Set(NAMES.map((name) => path.dirname(aggregatePath(env, name))));
    for (const directory of directories) fs.mkdirSync(directory, { recursive: true });
    const watchers = [...directories].map((directory) =>
      fs.watch(directory, (_, name) => seen.add((name ?? '').replace(/\.json\.\d+$/, ' (temporary)'))),
    );
    try {
      await aggregateHistory([entryOf(1, 'succeeded'), entryOf(2, 'failed')]);
      const missing = () => NAMES.filter((name) => !seen.has(`${name} (temporary)`));
      await eventually(() => missing().length === 0, { what: 'a temporary file of every aggregate' });
      expect(missing()).toEqual([]);
    } finally {
      for (const watcher of watchers) watcher.close();
    }
  });

  test('are not written, nor their directories, for a history without a valid entry', async () => {
    await updateMetricsAggregates(env);
    const invalid = [
      { run_id: ' ', status: 'failed', recorded_at: 'x' },
      { run_id: 'run-1', status: 'failed' },
      [],
    ];
    await aggregateHistory(invalid);
    expect(fs.readdirSync(taskPaths(env).taskDir)).toEqual(['metrics.json']);
    expect(fs.existsSync(env.outRoot)).toBe(false);
  });

  test('per-epoch and mttr-delta are left out when no entry has an epoch or a duration', async () => {
    await aggregateHistory(runs(2, 'succeeded', { tfgrpo_epoch: null, duration_seconds: null }));
    expect(NAMES.filter((name) => fs.existsSync(aggregatePath(env, name)))).toEqual([
      'baseline',
      'post-rollout',
      'completeness',
      'state',
    ]);
  });

  test('that say the same as before are not written again', async () => {
    await aggregateHistory([entryOf(1, 'succeeded')]);
    const stamps = () => NAMES.map((name) => fs.statSync(aggregatePath(env, name), { bigint: true }).mtimeNs);
    const before = stamps();
    fs.appendFileSync(taskPaths(env).metricsPath, jsonLines([entryOf(1, 'succeeded')]));
    await updateMetricsAggregates(env);
    expect(stamps()).toEqual(before);
  });

  test('that somebody changed or removed are put right by the next update', async () => {
    await aggregateHistory([entryOf(1, 'succeeded')]);
    const replaced = NAMES.filter((name) => name !== 'baseline');
    const before = replaced.map((name) => ({ ...aggregate(env, name), updated_at: '' }));
    for (const name of replaced) fs.writeFileSync(aggregatePath(env, name), '{"total_runs":7');
    fs.rmSync(aggregatePath(env, 'state'));
    await updateMetricsAggregates(env);
    expect(replaced.map((name) => ({ ...aggregate(env, name), updated_at: '' }))).toEqual(before);
  });

  test('a write that fails is reported after the others have ended', async () => {
    fs.mkdirSync(path.join(aggregatePath(env, 'post-rollout'), 'in the way'), { recursive: true });
    await expect(aggregateHistory([entryOf(1, 'succeeded')])).rejects.toMatchObject({ code: 'EISDIR' });
    const others = NAMES.filter((name) => name !== 'post-rollout');
    expect(others.filter((name) => !fs.existsSync(aggregatePath(env, name)))).toEqual([]);
  });
});

describe('lines that do not count', () => {
  test('blank lines', async () => {
    const [first, second] = [entryOf(1, 'succeeded'), entryOf(2, 'failed')].map((entry) =>
      JSON.stringify(entry),
    );
    writeHistory(env, `${first}\n  \n\t\n${second}\n`);
    await updateMetricsAggregates(env);
    expect(aggregate(env, 'post-rollout')['total_runs']).toBe(2);
  });

  test('a torn last line', async () => {
    writeHistory(env, `${jsonLines([entryOf(1, 'succeeded')])}{"run_id":"run-2"`);
    await updateMetricsAggregates(env);
    expect(aggregate(env, 'post-rollout')['total_runs']).toBe(1);
  });

  test('a line with Windows line end counts', async () => {
    writeHistory(env, jsonLines([entryOf(1, 'succeeded'), entryOf(2, 'succeeded')]).replaceAll('\n', '\r\n'));
    await updateMetricsAggregates(env);
    expect(aggregate(env, 'post-rollout')['total_runs']).toBe(2);
  });

  test('counters of another type count 0', async () => {
    await aggregateHistory([
      { ...entryOf(1, 'succeeded'), learning_alerts: '7', token_total: null, duration_seconds: 'long' },
    ]);
    expect(aggregate(env, 'state')).toMatchObject({ alerts: { total: 0 } });
    expect(aggregate(env, 'per-epoch')).toMatchObject({ epochs: [{ token_total: 0 }] });
    expect(fs.existsSync(aggregatePath(env, 'mttr-delta'))).toBe(false);
  });
});

describe('a history of any length', () => {
  const LINES = 3000;
  const MEASURED = z.object({ rebuilt: z.string().nullable(), runs: z.number(), grownMiB: z.number() });

  /** Long lines make a long history that is soon read. */
  function writeLongHistory(lineBytes: number): number {
    const note = 'x'.repeat(lineBytes);
    const { metricsPath, taskDir } = taskPaths(env);
    fs.mkdirSync(taskDir, { recursive: true });
    for (let line = 0; line < LINES; line += 1)
      fs.appendFileSync(
        metricsPath,
        jsonLines([{ ...entryOf(1, 'succeeded'), run_id: `long-${line}`, note }]),
      );
    return fs.statSync(metricsPath).size;
  }

  /** Makes reading `metrics.json` in one piece impossible, in every form that node has. */
  function forbidWholeReads(): void {
    const { readFile, readFileSync } = fs;
    const { readFile: readFilePromise } = fs.promises;
    const forbid = (file: unknown) => {
      if (String(file) === taskPaths(env).metricsPath) throw new Error('metrics.json is read in one piece');
    };
    const guard = (original: (...args: never[]) => unknown) =>
      Object.assign((...args: never[]) => (forbid(args[0]), original(...args)), original);
    Object.assign(fs, { readFile: guard(readFile), readFileSync: guard(readFileSync) });
    Object.assign(fs.promises, { readFile: guard(readFilePromise) });
    syncBuiltinESMExports();
    allowWholeReads = () => {
      Object.assign(fs, { readFile, readFileSync });
      Object.assign(fs.promises, { readFile: readFilePromise });
      syncBuiltinESMExports();
    };
  }
  let allowWholeReads = () => {};
  afterEach(() => {
    allowWholeReads();
    vi.restoreAllMocks();
  });

  test('is never read in one piece, neither from its beginning nor for what is new', async () => {
    writeHistory(env, jsonLines([entryOf(1, 'succeeded')]));
    forbidWholeReads();
    expect(() => fs.readFileSync(taskPaths(env).metricsPath)).toThrow('in one piece');
    await updateMetricsAggregates(env);
    fs.appendFileSync(taskPaths(env).metricsPath, jsonLines([entryOf(2, 'failed')]));
    expect(await updateMetricsAggregates(env)).toEqual({ rebuilt: null, runs: 2 });
    expect(aggregate(env, 'post-rollout')['total_runs']).toBe(2);
  });

  test('is read piece by piece from its beginning, and then only where it is new', async () => {
    const size = writeLongHistory(1000);
    const reads = vi.spyOn(fs, 'readSync');
    /** Bytes read since the last time, in all and at most at once. */
    const bytesRead = () => {
      const bytes = reads.mock.results.map(({ value }) => Number(value));
      reads.mockClear();
      return { all: bytes.reduce((sum, each) => sum + each, 0), most: Math.max(...bytes) };
    };
    await updateMetricsAggregates(env);
    const first = bytesRead();
    expect(first.all).toBeGreaterThanOrEqual(size);
    expect(first.most).toBeLessThan(size / 4);

    fs.appendFileSync(taskPaths(env).metricsPath, jsonLines([entryOf(2, 'failed')]));
    expect(await updateMetricsAggregates(env)).toMatchObject({ runs: LINES + 1 });
    expect(bytesRead().all).toBeLessThan(size / 100);
  });

  test('takes a small part of its size in memory, from its beginning as well as for what is new', async () => {
    const sizeMiB = writeLongHistory(32_000) / 2 ** 20;
    const program = await bundleProgram('measureUpdate');
    const measure = () =>
      MEASURED.parse(
        JSON.parse(
          execFileSync(
            process.execPath,
            ['--max-semi-space-size=2', program.path, env.repoRoot, env.taskId],
            { encoding: 'utf8' },
          ),
        ),
      );
    try {
      const whole = measure();
      expect(whole.runs).toBe(LINES);
      expect(whole.grownMiB).toBeLessThan(sizeMiB / 2);
      fs.appendFileSync(taskPaths(env).metricsPath, jsonLines([entryOf(2, 'failed')]));
      const more = measure();
      expect(more).toMatchObject({ rebuilt: null, runs: LINES + 1 });
      expect(more.grownMiB).toBeLessThan(sizeMiB / 4);
    } finally {
      program.remove();
    }
  });
});

describe('several lines of one run', () => {
  const totals = () => aggregate(env, 'post-rollout');

  test('count once', async () => {
    await aggregateHistory([entryOf(1, 'succeeded'), entryOf(1, 'succeeded'), entryOf(1, 'succeeded')]);
    expect(totals()).toMatchObject({ total_runs: 1, succeeded_runs: 1 });
  });

  test('of which the later one is no resume: the first one counts', async () => {
    await aggregateHistory([entryOf(1, 'succeeded'), { ...entryOf(2, 'failed'), run_id: 'run-1' }]);
    expect(totals()).toMatchObject({ total_runs: 1, succeeded_runs: 1 });
  });

  test('of which the later one ended later: the result of the resume counts', async () => {
    const resumed = {
      ...entryOf(1, 'succeeded'),
      completed_at: '2025-11-06T01:00:00.000Z',
      duration_seconds: 86_400,
    };
    await aggregateHistory([entryOf(1, 'failed'), entryOf(2, 'failed'), resumed]);
    expect(totals()).toMatchObject({ total_runs: 2, succeeded_runs: 1 });
    expect(aggregate(env, 'state')).toMatchObject({ safety: { validation: { passed: 1, failed: 1 } } });
    expect(aggregate(env, 'mttr-delta')['current_mttr_seconds']).toBe((86_400 + 300) / 2);
  });

  test('of which the later one ended earlier or at the same time: the first one counts', async () => {
    const same = { ...entryOf(1, 'failed'), completed_at: '2025-11-05T01:05:00.000Z' };
    const earlier = { ...entryOf(1, 'failed'), completed_at: '2025-11-05T01:04:59.999Z' };
    const unknown = { ...entryOf(1, 'failed'), completed_at: null };
    await aggregateHistory([entryOf(1, 'succeeded'), same, earlier, unknown]);
    expect(totals()).toMatchObject({ total_runs: 1, succeeded_runs: 1 });
  });

  test('of which the first one has no end: the later one counts', async () => {
    await aggregateHistory([{ ...entryOf(1, 'failed'), completed_at: null }, entryOf(1, 'succeeded')]);
    expect(totals()).toMatchObject({ total_runs: 1, succeeded_runs: 1 });
  });

  test('keep the position of the first one', async () => {
    const resumed = { ...entryOf(1, 'succeeded'), completed_at: '2025-11-06T01:00:00.000Z' };
    await aggregateHistory([entryOf(1, 'failed'), entryOf(2, 'failed'), resumed]);
    expect(aggregate(env, 'baseline')).toMatchObject({ run_id: 'run-1', status: 'succeeded' });
  });

  test('are told apart by the exact run id', async () => {
    await aggregateHistory(
      ['run-1', 'RUN-1', 'run-1 '].map((run_id) => Object.assign(entryOf(1, 'succeeded'), { run_id })),
    );
    expect(totals()['total_runs']).toBe(3);
  });
});

describe('the baseline', () => {
  test('is never rewritten', async () => {
    await aggregateHistory([entryOf(1, 'succeeded')]);
    const before = fs.readFileSync(aggregatePath(env, 'baseline'));
    const { ino, mtimeMs } = fs.statSync(aggregatePath(env, 'baseline'));
    await aggregateHistory([entryOf(5, 'failed'), entryOf(6, 'failed')]);
    expect(fs.readFileSync(aggregatePath(env, 'baseline'))).toEqual(before);
    expect(fs.statSync(aggregatePath(env, 'baseline'))).toMatchObject({ ino, mtimeMs });
  });

  test('gives the duration that the current mean is compared with', async () => {
    await aggregateHistory([{ ...entryOf(1, 'succeeded'), duration_seconds: 400 }]);
    await aggregateHistory([{ ...entryOf(2, 'succeeded'), duration_seconds: 100 }]);
    expect(aggregate(env, 'mttr-delta')).toMatchObject({
      baseline_mttr_seconds: 400,
      current_mttr_seconds: 100,
      reduction_percent: 0.75,
      meets_threshold: true,
    });
  });

  test.each(['{"duration_se', '[]', 'null', '{"duration_seconds":"300"}', ''])(
    'that holds %j stays and the current mean takes its place',
    async (text) => {
      const file = aggregatePath(env, 'baseline');
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, text);
      await aggregateHistory([entryOf(1, 'succeeded'), { ...entryOf(2, 'failed'), duration_seconds: 100 }]);
      expect(fs.readFileSync(file, 'utf8')).toBe(text);
      expect(aggregate(env, 'mttr-delta')).toMatchObject({
        baseline_mttr_seconds: 200,
        reduction_percent: 0,
      });
    },
  );

  test('that cannot be read stays and the current mean takes its place', async () => {
    const file = aggregatePath(env, 'baseline');
    fs.mkdirSync(file, { recursive: true });
    await aggregateHistory([entryOf(1, 'succeeded')]);
    expect(fs.statSync(file).isDirectory()).toBe(true);
    expect(aggregate(env, 'mttr-delta')).toMatchObject({ baseline_mttr_seconds: 300 });
    expect(aggregate(env, 'post-rollout')).toMatchObject({ total_runs: 1 });
  });
});

describe('thresholds', () => {
  test.each([
    { succeeded: 19, failed: 1, meets: true },
    { succeeded: 18, failed: 1, meets: false },
  ])('completion of $succeeded in $succeeded + $failed: $meets', async ({ succeeded, failed, meets }) => {
    await aggregateHistory([...runs(succeeded, 'succeeded'), ...runs(failed, 'failed')]);
    expect(aggregate(env, 'post-rollout')['meets_threshold']).toBe(meets);
  });

  test.each([
    { complete: 19, ratio: 0.05, meets: false },
    { complete: 20, ratio: 3 / 63, meets: true },
  ])(
    'one run without the checked fields and $complete with them: $meets',
    async ({ complete, ratio, meets }) => {
      const bare = { instance_stats: [], privacy_events: undefined, control_plane_status: 'unknown' };
      await aggregateHistory([...runs(complete, 'succeeded'), { ...entryOf(2, 'succeeded'), ...bare }]);
      expect(aggregate(env, 'completeness')).toMatchObject({
        missing_counts: { instance_stats: 1, privacy_events: 1, control_plane_status: 1 },
        missing_field_ratio: ratio,
        meets_threshold: meets,
      });
    },
  );

  test.each([
    { baseline: 300, current: 180, meets: true },
    { baseline: 300, current: 180.1, meets: false },
    { baseline: 0, current: 10, meets: true },
  ])('a mean of $current s after a baseline of $baseline s: $meets', async ({ baseline, current, meets }) => {
    await aggregateHistory([{ ...entryOf(1, 'succeeded'), duration_seconds: baseline }]);
    await aggregateHistory([{ ...entryOf(2, 'succeeded'), duration_seconds: current }]);
    expect(aggregate(env, 'mttr-delta')['meets_threshold']).toBe(meets);
  });
});

describe('per epoch', () => {
  test('epochs are in numeric order, tools in the order first seen, costs rounded to 6 decimals', async () => {
    const tool = (name: string) => ({ tool: name, tokens: 1, cost_usd: 0.1, latency_ms: 2 });
    await aggregateHistory([
      { ...entryOf(1, 'succeeded'), tfgrpo_epoch: 10, tool_stats: [tool('z'), tool(''), tool('10')] },
      { ...entryOf(2, 'succeeded'), tfgrpo_epoch: 9, tfgrpo_group_size: null, tool_stats: 'none' },
      {
        ...entryOf(3, 'succeeded'),
        tfgrpo_epoch: 10,
        tfgrpo_group_size: 3,
        cost_usd: 0.2,
        tool_stats: [tool('z'), null],
      },
      { ...entryOf(4, 'succeeded'), tfgrpo_epoch: '10' },
    ]);
    expect(aggregate(env, 'per-epoch')).toMatchObject({
      epochs: [
        { epoch: 9, runs: 1, group_size_avg: null, tools: [] },
        {
          epoch: 10,
          runs: 2,
          cost_usd: 0.3,
          group_size_avg: 2.5,
          tools: [
            { tool: 'z', runs: 2, tokens: 2, cost_usd: 0.2, latency_ms: 4 },
            { tool: '10', runs: 1, tokens: 1, cost_usd: 0.1, latency_ms: 2 },
          ],
        },
      ],
    });
  });
});

test('the safety state counts validation by its own status and alerts by that of the snapshot', async () => {
  await aggregateHistory([
    {
      ...entryOf(1, 'succeeded'),
      learning_validation_status: 'stalled_snapshot',
      learning_review_latency_ms: 100,
    },
    { ...entryOf(2, 'succeeded'), learning_validation_status: 'needs_manual_scenario', learning_alerts: 3 },
    {
      ...entryOf(3, 'succeeded'),
      learning_snapshot_status: 'snapshot_failed',
      learning_review_latency_ms: 50,
    },
    {
      ...entryOf(4, 'succeeded'),
      learning_snapshot_status: 'stalled_snapshot',
      learning_review_rejections: 2,
    },
    { ...entryOf(5, 'succeeded'), learning_regressions_detected: 4, learning_pattern_deprecated: 5 },
  ]);
  expect(aggregate(env, 'state')).toMatchObject({
    safety: {
      validation: { passed: 3, failed: 0, stalled: 1, manual: 1 },
      reviewer: { rejections: 2, average_latency_ms: 75 },
      regression_detection: { detected: 4 },
      pattern_hygiene: { promoted: 5, deprecated: 5 },
    },
    throughput: { candidates: 5 },
    alerts: { total: 3, snapshot_failed: 1, stalled_snapshot: 1, needs_manual_scenario: 1 },
  });
});

test('a runs index that an old version kept in state.json is moved to runs.json first', async () => {
  const { outStatePath, runsIndexPath } = taskPaths(env);
  const runsOfOld = [{ runId: 'old', timestamp: '2024-01-01T00:00:00.000Z' }];
  fs.mkdirSync(path.dirname(outStatePath), { recursive: true });
  fs.writeFileSync(outStatePath, JSON.stringify({ taskId: env.taskId, lastRunAt: null, runs: runsOfOld }));
  await aggregateHistory([entryOf(1, 'succeeded')]);
  expect(JSON.parse(fs.readFileSync(runsIndexPath, 'utf8'))).toEqual({
    taskId: env.taskId,
    lastRunAt: '2024-01-01T00:00:00.000Z',
    runs: runsOfOld,
  });
  expect(aggregate(env, 'state')).toMatchObject({ throughput: { candidates: 1 } });
});
