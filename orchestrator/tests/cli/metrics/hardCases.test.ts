import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { drainMetricsQueue } from '../../../src/cli/metrics/drainMetricsQueue.ts';
import { updateMetricsAggregates } from '../../../src/cli/metrics/metricsAggregator.ts';
import { appendMetricsEntry } from '../../../src/cli/metrics/metricsRecorder.ts';
import { type TaskEnvironment, taskPaths } from '../../../src/run/paths.ts';
import { createFileActivity } from '../../../src/storage/fileActivity.ts';
import { bundleProgram } from '../../support/bundledProgram.ts';
import {
  aggregate,
  createTask,
  entryOf,
  finishedRun,
  jsonLines,
  pendingNames,
  writeHistory,
  writePending,
} from '../../support/metricsHistory.ts';
import type { Fault } from '../../support/faults.ts';
import { buildRecorder } from '../../support/metricsRecorder.ts';

let env: TaskEnvironment;
beforeEach(() => {
  env = createTask();
});
afterEach(() => {
  vi.restoreAllMocks();
  fs.rmSync(env.repoRoot, { recursive: true });
});

async function record(runId: string): Promise<string[]> {
  const { paths, manifest } = finishedRun(env, runId);
  const { warnings } = await appendMetricsEntry(env, paths, manifest);
  await drainMetricsQueue(env);
  return warnings;
}

function entries(count: number): object[] {
  return Array.from({ length: count }, (_, at) => ({ ...entryOf(1, 'succeeded'), run_id: `r-${at}` }));
}

describe('a history that was changed by hand, far from its end, and as long as before', () => {
  const edited = (file: string) =>
    fs.readFileSync(file, 'utf8').replace('"status":"succeeded"', '"status":"cancelled"');
  it.each<[string, (file: string) => void]>([
    ['in place', (file) => fs.writeFileSync(file, edited(file))],
    [
      'by an editor that renames a copy over it',
      (file) => {
        fs.writeFileSync(`${file}~`, edited(file));
        fs.renameSync(`${file}~`, file);
      },
    ],
  ])('%s is counted anew by the next run, which says so', async (_, change) => {
    for (let run = 0; run < 8; run += 1) await record(`run-${run}`);
    change(taskPaths(env).metricsPath);
    expect(await record('next')).toEqual([
      expect.stringMatching(/^The metrics of this task were counted anew: metrics\.json was /),
    ]);
    expect(aggregate(env, 'post-rollout')).toMatchObject({ total_runs: 9, succeeded_runs: 8 });
  });
});

it('is counted anew though the run that noticed the change was killed after its line', async () => {
  for (let run = 0; run < 8; run += 1) await record(`run-${run}`);
  const { metricsPath } = taskPaths(env);
  const text = fs.readFileSync(metricsPath, 'utf8');
  fs.writeFileSync(metricsPath, text.replace('"status":"succeeded"', '"status":"cancelled"'));
  const recorder = await buildRecorder();
  const faults: Fault[] = [{ trigger: 'post-rollout.json', operation: 'rename', kill: 'before' }];
  expect(await recorder.run(env, { prefix: 'killed', faults })).toMatchObject({ signal: 'SIGKILL' });
  await recorder.remove();
  await record('next');
  expect(aggregate(env, 'post-rollout')).toMatchObject({ total_runs: 10, succeeded_runs: 9 });
});

describe('something else in the place of what is derived is only damage', () => {
  const replaceWith = (make: (file: string) => void) => (file: string) => {
    fs.rmSync(file, { recursive: true });
    make(file);
  };
  const folder = replaceWith((file) => fs.mkdirSync(file));
  const file = replaceWith((place) => fs.writeFileSync(place, ''));
  it.each<[string, string, (file: string) => void]>([
    ['a folder for the checkpoint', 'checkpoint.ndjson', folder],
    ['a file for the index', 'run-ids-', file],
    ['a folder for a shard', 'all', folder],
  ])('%s', async (_, name, change) => {
    await record('one');
    const { aggregatesDir } = taskPaths(env);
    const places = fs.readdirSync(aggregatesDir, { recursive: true, encoding: 'utf8' });
    const place = places.find((each) => path.basename(each).startsWith(name)) ?? '';
    change(path.join(aggregatesDir, place));
    await record('two');
    expect(aggregate(env, 'post-rollout')).toMatchObject({ total_runs: 2 });
    expect(await record('three')).toEqual([]);
  });

  it('and so is a checkpoint whose head was changed', async () => {
    await record('one');
    const checkpoint = path.join(taskPaths(env).aggregatesDir, 'checkpoint.ndjson');
    const text = fs.readFileSync(checkpoint, 'utf8');
    fs.writeFileSync(checkpoint, text.replace(/"covered":\d+/, '"covered":1'));
    expect(await record('two')).toHaveLength(1);
    expect(aggregate(env, 'post-rollout')).toMatchObject({ total_runs: 2 });
  });
});

it('tells the order of tools however lines came in, also when resumed runs drop some', async () => {
  const run = (id: string, tools: string[], hour: number) => ({
    ...entryOf(1, 'succeeded'),
    run_id: id,
    completed_at: `2025-11-05T0${hour}:00:00.000Z`,
    tool_stats: tools.map((tool) => ({ tool, tokens: 1 })),
  });
  const lines = [
    run('a', ['x'], 1),
    run('b', ['x', 'y'], 1),
    run('a', [], 2),
    run('c', ['x'], 1),
    run('c', ['x'], 3),
  ];
  const order = () => JSON.stringify(aggregate(env, 'per-epoch')).match(/"tool":"."/g);
  for (const batches of [[5], [1, 1, 1, 1, 1], [2, 2, 1], [2, 3], [3, 2], [1, 4]]) {
    fs.rmSync(taskPaths(env).taskDir, { recursive: true, force: true });
    writeHistory(env, '');
    let from = 0;
    for (const size of batches) {
      fs.appendFileSync(taskPaths(env).metricsPath, jsonLines(lines.slice(from, from + size)));
      await updateMetricsAggregates(env);
      from += size;
    }
    expect(order()).toEqual(['"tool":"x"', '"tool":"y"']);
  }
});

it('counts anew when a part of the index is missing', async () => {
  writeHistory(env, jsonLines(entries(9000)));
  await updateMetricsAggregates(env);
  const { aggregatesDir, metricsPath } = taskPaths(env);
  const index = fs.readdirSync(aggregatesDir).find((name) => name.startsWith('run-ids-')) ?? '';
  const [first = ''] = fs.readdirSync(path.join(aggregatesDir, index));
  fs.rmSync(path.join(aggregatesDir, index, first));
  fs.appendFileSync(metricsPath, jsonLines(entries(20)));
  const damaged = 'the index of run ids is damaged';
  expect(await updateMetricsAggregates(env)).toEqual({ rebuilt: damaged, runs: 9000 });
});

it('reads what is new about once, however much it is', async () => {
  writeHistory(env, jsonLines(entries(3000)));
  await updateMetricsAggregates(env);
  const { metricsPath } = taskPaths(env);
  const more = jsonLines(entries(6000).slice(3000));
  fs.appendFileSync(metricsPath, more);
  const activity = createFileActivity();
  expect(await updateMetricsAggregates({ ...env, activity })).toEqual({ rebuilt: null, runs: 6000 });
  expect(activity.reads.bytes).toBeLessThan(1.5 * more.length);
});

it('counts many runs with two long lines each in a small part of their size', async () => {
  const note = 'x'.repeat(16_000);
  writeHistory(env, '');
  for (let line = 0; line < 3000; line += 1) {
    const entry = { ...entryOf(1, 'succeeded'), run_id: `r-${line % 1500}`, note };
    fs.appendFileSync(taskPaths(env).metricsPath, jsonLines([entry]));
  }
  const program = await bundleProgram('measureUpdate');
  const printed = execFileSync(
    process.execPath,
    ['--max-semi-space-size=2', program.path, env.repoRoot, env.taskId],
    {
      encoding: 'utf8',
    },
  );
  program.remove();
  // Together their lines have 46 MiB.
  expect(z.object({ grownMiB: z.number() }).parse(JSON.parse(printed)).grownMiB).toBeLessThan(32);
});

it('sweeps what killed writers left beside the aggregates', async () => {
  const litter = () =>
    [taskPaths(env).aggregatesDir, env.outRoot]
      .flatMap((directory) => fs.readdirSync(directory, { recursive: true, encoding: 'utf8' }))
      .filter((file) => /\.\d+$/.test(file));
  const recorder = await buildRecorder();
  await record('run-a');
  for (const [at, trigger] of ['checkpoint.ndjson', 'post-rollout.json'].entries()) {
    await recorder.run(env, {
      prefix: `killed-${at}`,
      faults: [{ trigger, operation: 'rename', kill: 'before' }],
    });
    expect(litter()).not.toEqual([]);
    await record(`after-${at}`);
    expect(litter()).toEqual([]);
  }
  await recorder.remove();
});

it('leaves nothing behind that is queued while it finds nothing to merge any more', async () => {
  const { metricsPendingDir } = taskPaths(env);
  const first = writePending(env, 'a.jsonl', jsonLines([entryOf(1, 'succeeded')]));
  let late: Promise<unknown> = Promise.resolve();
  let isMerged = false;
  // Once it has the lock, another process has merged the only file, and a third one queues its entry in vain.
  const { readdirSync } = fs;
  const look = (directory: string, options: never) => {
    const found = readdirSync(directory, options);
    const isLocked = fs.existsSync(taskPaths(env).metricsLockPath);
    if (directory === metricsPendingDir && isLocked && !isMerged) {
      isMerged = true;
      fs.rmSync(first);
      const left = readdirSync(directory, options);
      writePending(env, 'b.jsonl', jsonLines([entryOf(2, 'succeeded')]));
      late = drainMetricsQueue(env);
      return left;
    }
    return found;
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- one overload of many
  vi.spyOn(fs, 'readdirSync').mockImplementation(look as never);
  await drainMetricsQueue(env);
  await late;
  expect(pendingNames(env)).toEqual([]);
  expect(aggregate(env, 'post-rollout')).toMatchObject({ total_runs: 1 });
});

it('lets one manifest that cannot be read keep nobody else out', async () => {
  const { paths } = finishedRun(env, 'broken');
  fs.mkdirSync(paths.manifestPath);
  writePending(env, 'a.jsonl', jsonLines([{ ...entryOf(1, 'succeeded'), run_id: 'broken' }]));
  await drainMetricsQueue(env);
  writePending(env, 'b.jsonl', jsonLines([entryOf(2, 'succeeded')]));
  await drainMetricsQueue(env);
  expect(pendingNames(env)).toEqual(['a.jsonl.merged']);
  expect(aggregate(env, 'post-rollout')).toMatchObject({ total_runs: 2 });
});
