import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appendMetricsEntry } from '../../../src/cli/metrics/metricsRecorder.ts';
import { rebuildMetrics } from '../../../src/cli/metricsCommand/rebuildMetrics.ts';
import { repairSharedMetrics } from '../../../src/cli/metricsCommand/repairSharedMetrics.ts';
import { type TaskEnvironment, taskPaths } from '../../../src/run/paths.ts';
import { aggregate, createTask, finishedRun } from '../../support/metricsHistory.ts';

let env: TaskEnvironment;
beforeEach(async () => {
  env = createTask();
  await record('one');
});
afterEach(() => fs.rmSync(env.repoRoot, { recursive: true }));

async function record(runId: string): Promise<string[]> {
  const { paths, manifest } = finishedRun(env, runId);
  return (await appendMetricsEntry(env, paths, manifest)).warnings;
}

/** Puts a folder that is not empty, or a file, in the place of what is there. */
function replace(name: string, kind: 'folder' | 'file'): void {
  const { aggregatesDir } = taskPaths(env);
  const places = fs.readdirSync(aggregatesDir, { recursive: true, encoding: 'utf8' });
  const place = path.join(aggregatesDir, places.find((each) => path.basename(each).startsWith(name)) ?? '');
  fs.rmSync(place, { recursive: true });
  if (kind === 'folder') fs.mkdirSync(path.join(place, 'inside'), { recursive: true });
  else fs.writeFileSync(place, '');
}

describe.each<[string, () => void]>([
  ['a folder for the checkpoint', () => replace('checkpoint.ndjson', 'folder')],
  ['a file for the index', () => replace('run-ids-', 'file')],
  ['a folder for a shard', () => replace('all', 'folder')],
])('%s is replaced', (_, damage) => {
  it.each<[string, () => Promise<unknown>]>([
    ['the next run', () => Promise.resolve()],
    ['a repair', () => repairSharedMetrics(env)],
    ['a rebuild', () => rebuildMetrics(env)],
  ])('by %s', async (_by, mend) => {
    damage();
    await mend();
    await record('two');
    expect(aggregate(env, 'post-rollout')).toMatchObject({ total_runs: 2 });
    expect(await record('three')).toEqual([]);
    expect(aggregate(env, 'post-rollout')).toMatchObject({ total_runs: 3 });
  });
});

it.each(['post-rollout.json', 'baseline.json'])('rebuilds %s where there is a folder', async (name) => {
  replace(name, 'folder');
  await rebuildMetrics(env);
  expect(await record('two')).toEqual([]);
  expect(aggregate(env, 'baseline')).toMatchObject({ run_id: 'one' });
  expect(aggregate(env, 'post-rollout')).toMatchObject({ total_runs: 2 });
});

it('takes no number from a checkpoint that cannot be one', async () => {
  const checkpoint = path.join(taskPaths(env).aggregatesDir, 'checkpoint.ndjson');
  for (const covered of ['-1', '1.5', '1e300']) {
    const text = fs.readFileSync(checkpoint, 'utf8');
    fs.writeFileSync(checkpoint, text.replace(/"covered":\d+/, `"covered":${covered}`));
    expect(await record(`after ${covered}`)).toEqual([
      'The metrics of this task were counted anew: the checkpoint is damaged.',
    ]);
  }
  expect(aggregate(env, 'post-rollout')).toMatchObject({ total_runs: 4 });
});

it('names metrics.json when there is a folder in its place', async () => {
  const { metricsPath, metricsPendingDir } = taskPaths(env);
  fs.rmSync(metricsPath);
  for (let at = 0; at < 200; at += 1)
    fs.mkdirSync(path.join(metricsPath, `inside-${at}`), { recursive: true });
  const expected = { code: 'EISDIR', path: metricsPath };
  await expect(record('two')).rejects.toMatchObject(expected);
  await expect(rebuildMetrics(env)).rejects.toMatchObject(expected);
  await expect(record('three')).rejects.toMatchObject(expected);
  expect(fs.existsSync(metricsPendingDir)).toBe(false);
});
