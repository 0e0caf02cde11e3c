import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { updateMetricsAggregates } from '../../../src/cli/metrics/metricsAggregator.ts';
import { readCheckpoint, checkpointPath } from '../../../src/cli/metrics/checkpoint.ts';
import { openRunIdIndex } from '../../../src/cli/metrics/runIdIndex.ts';
import { lastEntries } from '../../../src/cli/metricsCommand/lastEntries.ts';
import { type TaskEnvironment, taskPaths } from '../../../src/run/paths.ts';
import { createTask, entryOf, jsonLines, writeHistory } from '../../support/metricsHistory.ts';

let env: TaskEnvironment;
beforeEach(() => {
  env = createTask();
});
afterEach(() => fs.rmSync(env.repoRoot, { recursive: true, force: true }));

/** An entry whose `recorded_at` tells one line of a run from another. */
function line(runId: string, mark: string, overrides: object = {}): object {
  return { ...entryOf(1, 'succeeded'), run_id: runId, recorded_at: mark, ...overrides };
}

const LATER = { completed_at: '2025-11-06T00:00:00.000Z' };

/** The newest runs as `run id mark`. */
async function last(count: number, withIndex: boolean): Promise<string[]> {
  const { metricsPath, aggregatesDir } = taskPaths(env);
  const checkpoint = await readCheckpoint(checkpointPath(aggregatesDir));
  const index =
    withIndex && 'index' in checkpoint ? openRunIdIndex(path.join(aggregatesDir, checkpoint.index)) : null;
  const descriptor = fs.openSync(metricsPath, 'r');
  try {
    return lastEntries(descriptor, count, index).map((entry) => `${entry.run_id} ${entry.recorded_at}`);
  } finally {
    fs.closeSync(descriptor);
  }
}

it('gives the newest runs, oldest first, and passes over lines that do not count', async () => {
  writeHistory(env, `${jsonLines([line('a', '1'), line('b', '1')])}\n{"torn\n${jsonLines([line('c', '1')])}`);
  expect(await last(2, false)).toEqual(['b 1', 'c 1']);
  expect(await last(9, false)).toEqual(['a 1', 'b 1', 'c 1']);
  expect(await last(0, false)).toEqual([]);
});

it('takes a resumed run at its last end, in the place of that', async () => {
  writeHistory(env, jsonLines([line('a', '1'), line('b', '1'), line('a', '2', LATER)]));
  await updateMetricsAggregates(env);
  expect(await last(9, true)).toEqual(['b 1', 'a 2']);
  expect(await last(9, false)).toEqual(['b 1', 'a 2']);
});

it('knows a copy from a resumed run, however far apart they are', async () => {
  const others = Array.from({ length: 300 }, (_, at) => line(`run-${at}`, '1'));
  writeHistory(env, jsonLines([line('a', '1'), ...others, line('a', 'copy')]));
  await updateMetricsAggregates(env);
  expect(await last(2, true)).toEqual(['run-298 1', 'run-299 1']);
});

it('finds lines that are longer than what is read at once, and one without a newline', async () => {
  const long = { note: 'é'.repeat(100_000) };
  const text = jsonLines([line('a', '1', long), line('b', '1'), line('c', '1', long), line('d', '1')]);
  writeHistory(env, text.trimEnd());
  expect(await last(9, false)).toEqual(['a 1', 'b 1', 'c 1', 'd 1']);
});

it('reads the end only', async () => {
  writeHistory(env, jsonLines(Array.from({ length: 2_000 }, (_, at) => line(`run-${at}`, '1'))));
  await updateMetricsAggregates(env);
  const { size } = fs.statSync(taskPaths(env).metricsPath);
  const descriptor = fs.openSync(taskPaths(env).metricsPath, 'r+');
  fs.writeSync(descriptor, Buffer.alloc(size - 100_000, '\n'), 0, size - 100_000, 0);
  fs.closeSync(descriptor);
  expect(await last(20, true)).toEqual(Array.from({ length: 20 }, (_, at) => `run-${1980 + at} 1`));
});
