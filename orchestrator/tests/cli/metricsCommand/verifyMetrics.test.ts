import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkpointPath } from '../../../src/cli/metrics/checkpoint.ts';
import { updateMetricsAggregates, withMetricsLock } from '../../../src/cli/metrics/metricsAggregator.ts';
import { appendMetricsEntry } from '../../../src/cli/metrics/metricsRecorder.ts';
import { holdMetricsLock } from '../../../src/cli/metricsCommand/holdMetricsLock.ts';
import { rebuildMetrics } from '../../../src/cli/metricsCommand/rebuildMetrics.ts';
import { repairMetrics } from '../../../src/cli/metricsCommand/repairMetrics.ts';
import { showMetrics } from '../../../src/cli/metricsCommand/showMetrics.ts';
import { verifyMetrics } from '../../../src/cli/metricsCommand/verifyMetrics.ts';
import { type TaskEnvironment, taskPaths } from '../../../src/run/paths.ts';
import {
  aggregatePath,
  createTask,
  entryOf,
  finishedRun,
  jsonLines,
  readObject,
  writeHistory,
} from '../../support/metricsHistory.ts';
import { runMain } from '../runMain.ts';

let env: TaskEnvironment;
beforeEach(async () => {
  env = createTask('0101');
  writeHistory(env, jsonLines([entryOf(1, 'succeeded'), entryOf(2, 'failed')]));
  await updateMetricsAggregates(env);
});
afterEach(() => fs.rmSync(env.repoRoot, { recursive: true, force: true }));

/** Exit code and output of `metrics verify`, with a fixed duration. */
async function verify(): Promise<[code: number, ...lines: string[]]> {
  const { code, stdout } = await runMain(['metrics', 'verify'], { cwd: env.repoRoot });
  return [
    code,
    ...stdout
      .replace(/in \d+ ms\.\n/, 'in 5 ms.\n')
      .trimEnd()
      .split('\n'),
  ];
}

/** Everything below a folder, by its name. */
function contents(directory: string): Record<string, string> {
  const names = fs.readdirSync(directory, { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => fs.statSync(path.join(directory, name)).isFile());
  return Object.fromEntries(
    files.map((name) => [name, fs.readFileSync(path.join(directory, name), 'latin1')]),
  );
}

const AGREES = 'Everything agrees: 2 runs of task 0101 counted anew in 5 ms.';
const ADVICE = '`codex-orchestrator metrics rebuild` writes them anew.';

const KEPT = 'The baseline is kept as it was written; delete the file and rebuild to have it counted anew.';

function differs(differences: string, files: string, runs = '2 runs'): string[] {
  return [`${differences} in ${files}: ${runs} of task 0101 counted anew in 5 ms.`, ADVICE];
}

it('finds nothing where all is well, and changes nothing', async () => {
  const before = contents(env.repoRoot);
  expect(await verify()).toEqual([0, AGREES]);
  expect(contents(env.repoRoot)).toEqual(before);
});

it('names each field that is not what the history gives', async () => {
  const rollout = aggregatePath(env, 'post-rollout');
  fs.writeFileSync(
    rollout,
    JSON.stringify({ ...readObject(rollout), total_runs: 3, updated_at: 'whenever' }),
  );
  const epochs = aggregatePath(env, 'per-epoch');
  fs.writeFileSync(epochs, fs.readFileSync(epochs, 'utf8').replace('"tokens": 102', '"tokens": 103'));
  expect(await verify()).toEqual([
    1,
    '.runs/0101/metrics/post-rollout.json: total_runs is 3, recomputed 2',
    '.runs/0101/metrics/per-epoch.json: epochs[1].tools[0].tokens is 103, recomputed 102',
    ...differs('2 differences', '2 files'),
  ]);
});

it('names files that are missing, damaged or about nothing', async () => {
  fs.rmSync(aggregatePath(env, 'mttr-delta'));
  fs.writeFileSync(aggregatePath(env, 'state'), '{"half');
  expect(await verify()).toEqual([
    1,
    'out/0101/metrics/mttr-delta.json: it is missing',
    'out/0101/state.json: it is damaged',
    ...differs('2 differences', '2 files'),
  ]);
  fs.rmSync(taskPaths(env).metricsPath);
  const [code, ...lines] = await verify();
  expect(code).toBe(1);
  expect(lines).toContain(
    '.runs/0101/metrics/post-rollout.json: the history has nothing that it could be about',
  );
});

it('compares the baseline while it is of the line that counts', async () => {
  const baseline = aggregatePath(env, 'baseline');
  fs.writeFileSync(baseline, JSON.stringify({ ...readObject(baseline), duration_seconds: 1 }));
  expect((await verifyMetrics(env)).differences).toContainEqual({
    file: '.runs/0101/metrics/baseline.json',
    kind: 'kept',
    field: 'duration_seconds',
    stored: 1,
    recomputed: 300,
  });
  await rebuildMetrics(env);
  expect(await verify()).toEqual([
    1,
    '.runs/0101/metrics/baseline.json: duration_seconds is 1, recomputed 300',
    '1 difference in 1 file: 2 runs of task 0101 counted anew in 5 ms.',
    KEPT,
  ]);
  fs.rmSync(baseline);
  await rebuildMetrics(env);
  expect(await verify()).toEqual([0, AGREES]);
  // Written once: a resumed first run leaves it as it is.
  const resumed = {
    ...entryOf(1, 'failed'),
    completed_at: '2025-11-06T00:00:00Z',
    recorded_at: '2025-11-06T00:00:00Z',
  };
  fs.appendFileSync(taskPaths(env).metricsPath, jsonLines([resumed]));
  await updateMetricsAggregates(env);
  expect((await verifyMetrics(env)).differences).toEqual([]);
});

it('sees what a changed line far ahead, with a new one behind it, hides from an update', async () => {
  const { metricsPath } = taskPaths(env);
  writeHistory(
    env,
    jsonLines([
      entryOf(1, 'succeeded'),
      ...Array.from({ length: 9 }, (_, at) => ({ ...entryOf(2, 'succeeded'), run_id: `r-${at}` })),
    ]),
  );
  await updateMetricsAggregates(env);
  const text = fs.readFileSync(metricsPath, 'utf8').replace('"status":"succeeded"', '"status":"Succeeded"');
  fs.writeFileSync(metricsPath, text + jsonLines([entryOf(3, 'succeeded')]));
  expect((await updateMetricsAggregates(env)).rebuilt).toBe(null);
  expect(await verify()).toEqual([
    1,
    '.runs/0101/metrics/baseline.json: status is "succeeded", recomputed "Succeeded"',
    '.runs/0101/metrics/baseline.json: completion_rate is 1, recomputed 0',
    '.runs/0101/metrics/post-rollout.json: succeeded_runs is 11, recomputed 10',
    '.runs/0101/metrics/post-rollout.json: completion_rate is 1, recomputed 0.9090909090909091',
    '.runs/0101/metrics/post-rollout.json: meets_threshold is true, recomputed false',
    '.runs/0101/metrics/checkpoint.ndjson: baseline.status is "succeeded", recomputed "Succeeded"',
    '.runs/0101/metrics/checkpoint.ndjson: baseline.completion_rate is 1, recomputed 0',
    '.runs/0101/metrics/checkpoint.ndjson: post-rollout.succeeded_runs is 11, recomputed 10',
    '.runs/0101/metrics/checkpoint.ndjson: post-rollout.completion_rate is 1, recomputed 0.9090909090909091',
    '.runs/0101/metrics/checkpoint.ndjson: post-rollout.meets_threshold is true, recomputed false',
    '10 differences in 3 files: 11 runs of task 0101 counted anew in 5 ms.',
    KEPT,
    '`codex-orchestrator metrics rebuild` writes the others anew.',
  ]);
});

it('says of a checkpoint that it is damaged, and of one that is missing what that means', async () => {
  const checkpoint = checkpointPath(taskPaths(env).aggregatesDir);
  fs.appendFileSync(checkpoint, 'x');
  fs.writeFileSync(checkpoint, fs.readFileSync(checkpoint, 'utf8').replace('"total":2', '"total":3'));
  expect(await verify()).toEqual([
    1,
    '.runs/0101/metrics/checkpoint.ndjson: it is damaged',
    'The next run counts all again: the checkpoint is damaged.',
    ...differs('1 difference', '1 file'),
  ]);
  fs.rmSync(checkpoint);
  expect(await verify()).toEqual([0, 'The next run counts all again: there was no checkpoint.', AGREES]);
});

it('notices an index that has lost run ids, or is gone', async () => {
  const { aggregatesDir } = taskPaths(env);
  const index = fs.readdirSync(aggregatesDir).find((name) => name.startsWith('run-ids-')) ?? '';
  const shard = path.join(aggregatesDir, index, 'all');
  fs.truncateSync(shard, 16);
  expect((await verify()).slice(1, 2)).toEqual([`.runs/0101/metrics/${index}: run_ids is 1, recomputed 2`]);
  fs.rmSync(path.dirname(shard), { recursive: true });
  expect((await verify()).slice(1, 2)).toEqual([`.runs/0101/metrics/${index}: it is missing`]);
});

it('lists damaged lines by number, the first of them, and does not count them as differences', async () => {
  const bad = ['{"torn', '[1]', '{"run_id":"x","status":" "}', ...Array.from({ length: 20 }, () => 'no')];
  writeHistory(
    env,
    `${jsonLines([entryOf(1, 'succeeded')])}\n${bad.join('\n')}\n${jsonLines([entryOf(2, 'failed')])}`,
  );
  await updateMetricsAggregates(env);
  expect(await verify()).toEqual([
    0,
    'metrics.json, line 3 does not count: it is not valid JSON',
    'metrics.json, line 4 does not count: it is not an object',
    'metrics.json, line 5 does not count: it has no status, recorded_at',
    ...Array.from(
      { length: 17 },
      (_, at) => `metrics.json, line ${6 + at} does not count: it is not valid JSON`,
    ),
    '… and 3 lines more that do not count',
    AGREES,
  ]);
});

it('raises no false alarm while runs end', async () => {
  const recording = (async () => {
    for (let at = 0; at < 15; at += 1) {
      const { paths, manifest } = finishedRun(env, `late-${at}`);
      await appendMetricsEntry(env, paths, manifest);
    }
  })();
  const found = [];
  for (let round = 0; round < 5; round += 1) found.push((await verifyMetrics(env)).differences);
  await recording;
  expect(found).toEqual([[], [], [], [], []]);
});

it('sees that aggregates are behind', async () => {
  fs.appendFileSync(taskPaths(env).metricsPath, jsonLines([entryOf(3, 'succeeded')]));
  const { differences } = await verifyMetrics(env);
  expect(differences).toContainEqual(
    expect.objectContaining({ field: 'total_runs', stored: 2, recomputed: 3 }),
  );
  expect(differences).toContainEqual(expect.objectContaining({ field: 'covered' }));
  const { size } = fs.statSync(taskPaths(env).metricsPath);
  const covered = jsonLines([entryOf(1, 'succeeded'), entryOf(2, 'failed')]).length;
  expect(await verify()).toContain(
    `.runs/0101/metrics/checkpoint.ndjson covers ${covered.toLocaleString('en')} of ${size.toLocaleString('en')} bytes of metrics.json`,
  );
});

it.each([
  ['whole', JSON.stringify(entryOf(3, 'succeeded')), '3 runs'],
  ['torn', '{"run_id":', '2 runs'],
])('sees a last line without a newline that is %s', async (_name, text, runs) => {
  fs.appendFileSync(taskPaths(env).metricsPath, text);
  expect((await showMetrics(env, 1)).lag).toEqual({ kind: 'behind', lines: 1 });
  expect(await verify()).toEqual([
    1,
    `.runs/0101/metrics.json: the last line is unfinished, ${text.length.toLocaleString('en')} bytes without a newline`,
    '1 difference in 1 file: 2 runs of task 0101 counted anew in 5 ms.',
    'The next run closes the unfinished line, or `codex-orchestrator metrics repair`.',
  ]);
  await repairMetrics(env);
  expect((await verify()).at(-1)).toBe(`Everything agrees: ${runs} of task 0101 counted anew in 5 ms.`);
});

it('prints one JSON document', async () => {
  const rollout = aggregatePath(env, 'post-rollout');
  fs.writeFileSync(rollout, JSON.stringify({ ...readObject(rollout), succeeded_runs: 0 }));
  fs.rmSync(aggregatePath(env, 'state'));
  const { code, stdout } = await runMain(['metrics', 'verify', '--format', 'json'], { cwd: env.repoRoot });
  expect(code).toBe(1);
  expect(JSON.parse(stdout.replace(/"duration_ms": \d+/, '"duration_ms": 5'))).toEqual({
    task_id: '0101',
    status: 'different',
    runs: 2,
    differences: [
      {
        file: '.runs/0101/metrics/post-rollout.json',
        problem: 'different',
        field: 'succeeded_runs',
        stored: 0,
        recomputed: 1,
      },
      { file: 'out/0101/state.json', problem: 'missing' },
    ],
    damaged_lines: { count: 0, first: [] },
    checkpoint_trouble: null,
    duration_ms: 5,
  });
});

it('does not wait for a lock for ever', async () => {
  await withMetricsLock(env, async () => {
    await expect(holdMetricsLock(env, async () => 1, 1)).rejects.toMatchObject({
      failure: { kind: 'metrics-busy', taskId: '0101' },
    });
  });
  expect(await holdMetricsLock(env, async () => undefined, 1)).toBe(undefined);
  // As other tools leave it.
  fs.writeFileSync(taskPaths(env).metricsLockPath, '');
  await expect(holdMetricsLock(env, async () => 1, 1)).rejects.toMatchObject({
    failure: {
      owner:
        'whoever holds .runs/0101/metrics.lock, which names no process and is taken over when it is five minutes old',
    },
  });
});
