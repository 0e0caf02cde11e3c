import fs from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { updateMetricsAggregates } from '../../../src/cli/metrics/metricsAggregator.ts';
import { taskPaths, type TaskEnvironment } from '../../../src/run/paths.ts';

let env: TaskEnvironment;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'checkpoint-'));
  env = {
    repoRoot: folder,
    runsRoot: path.join(folder, '.runs'),
    outRoot: path.join(folder, 'out'),
    taskId: 't',
  };
  fs.mkdirSync(taskPaths(env).taskDir, { recursive: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function line(runId: string, facts: object = {}): string {
  const entry = { run_id: runId, status: 'succeeded', recorded_at: '2026-01-01T00:00:00Z', ...facts };
  return `${JSON.stringify(entry)}\n`;
}

function append(...runIds: string[]): void {
  fs.appendFileSync(taskPaths(env).metricsPath, runIds.map((runId) => line(runId)).join(''));
}

function checkpointFile(): string {
  return path.join(taskPaths(env).aggregatesDir, 'checkpoint.ndjson');
}

function totals(): unknown {
  return JSON.parse(fs.readFileSync(path.join(taskPaths(env).aggregatesDir, 'post-rollout.json'), 'utf8'));
}

it('only reads what was appended since', async () => {
  append('a', 'b', 'c');
  expect(await updateMetricsAggregates(env)).toEqual({ rebuilt: null, runs: 3 });
  // What was counted is not looked at again: it could as well be gone, but for its end.
  const { metricsPath } = taskPaths(env);
  append(...Array.from({ length: 100 }, (_, at) => `more-${at}`));
  await updateMetricsAggregates(env);
  const whole = fs.readFileSync(metricsPath);
  append('d');
  const descriptor = fs.openSync(metricsPath, 'r+');
  fs.writeSync(descriptor, Buffer.alloc(whole.length - 5000, 'x'), 0, whole.length - 5000, 0);
  fs.closeSync(descriptor);
  expect(await updateMetricsAggregates(env)).toEqual({ rebuilt: null, runs: 104 });
});

it('counts a run that is resumed much later once, with its latest result', async () => {
  const times = { started_at: '2026-01-01T00:00:00Z', completed_at: '2026-01-01T01:00:00Z' };
  fs.writeFileSync(taskPaths(env).metricsPath, line('old', { ...times, status: 'failed' }));
  append(...Array.from({ length: 50 }, (_, at) => `run-${at}`));
  await updateMetricsAggregates(env);
  expect(totals()).toMatchObject({ total_runs: 51, succeeded_runs: 50 });
  fs.appendFileSync(
    taskPaths(env).metricsPath,
    line('old', { ...times, completed_at: '2026-06-01T00:00:00Z' }),
  );
  expect(await updateMetricsAggregates(env)).toEqual({ rebuilt: null, runs: 51 });
  expect(totals()).toMatchObject({ total_runs: 51, succeeded_runs: 51 });
});

describe('counts anew, and says why, when', () => {
  const { truncateSync, writeFileSync, renameSync, readFileSync, rmSync, readdirSync } = fs;
  it.each<[string, () => void]>([
    ['there was no checkpoint', () => rmSync(checkpointFile())],
    ['the checkpoint is damaged', () => truncateSync(checkpointFile(), 300)],
    [
      'the checkpoint is of another version',
      () =>
        writeFileSync(
          checkpointFile(),
          readFileSync(checkpointFile(), 'utf8').replace('"version":1', '"version":0'),
        ),
    ],
    ['metrics.json is shorter than before', () => truncateSync(taskPaths(env).metricsPath, line('a').length)],
    [
      'metrics.json was rewritten',
      () => writeFileSync(taskPaths(env).metricsPath, line('x').repeat(2) + line('yy').repeat(2)),
    ],
    [
      'metrics.json was replaced',
      () => {
        const { metricsPath } = taskPaths(env);
        writeFileSync(`${metricsPath}.copy`, readFileSync(metricsPath));
        renameSync(`${metricsPath}.copy`, metricsPath);
      },
    ],
    [
      'metrics.json was changed',
      () => {
        const { metricsPath } = taskPaths(env);
        writeFileSync(metricsPath, readFileSync(metricsPath));
      },
    ],
    [
      'the index of run ids is missing',
      () => {
        const { aggregatesDir } = taskPaths(env);
        const index = readdirSync(aggregatesDir).find((name) => name.startsWith('run-ids-')) ?? '';
        rmSync(path.join(aggregatesDir, index), { recursive: true });
      },
    ],
  ])('%s', async (reason, happens) => {
    append('a', 'b', 'c');
    await updateMetricsAggregates(env);
    happens();
    expect((await updateMetricsAggregates(env)).rebuilt).toBe(reason);
    const names = readdirSync(taskPaths(env).aggregatesDir).filter((name) => name.startsWith('run-ids-'));
    expect(names).toHaveLength(1);
    const ids = new Set(
      readFileSync(taskPaths(env).metricsPath, 'utf8')
        .trimEnd()
        .split('\n')
        .map((text) => text.slice(0, 20)),
    );
    expect(totals()).toMatchObject({ total_runs: ids.size });
    expect((await updateMetricsAggregates(env)).rebuilt).toBeNull();
  });
});
