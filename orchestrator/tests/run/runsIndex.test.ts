import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type TaskEnvironment, taskPaths } from '../../src/run/paths.ts';
import { adoptLegacyRunsIndex, recordRunInIndex } from '../../src/run/runsIndex.ts';
import { createTask, readObject } from '../support/metricsHistory.ts';

let env: TaskEnvironment;
beforeEach(() => {
  env = createTask('0101');
});
afterEach(() => {
  fs.rmSync(env.repoRoot, { recursive: true, force: true });
});

function summary(
  runId: string,
  minute: number,
  notes = '',
): { runId: string; timestamp: string; notes: string } {
  return { runId, timestamp: `2026-01-01T00:${String(minute).padStart(2, '0')}:00.000Z`, notes };
}

function readIndex(): Record<string, unknown> {
  return readObject(taskPaths(env).runsIndexPath);
}

function put(file: string, text: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}

function holdForeignLock(ageMs = 0): void {
  const { stateLockPath } = taskPaths(env);
  put(stateLockPath, '');
  const time = new Date(Date.now() - ageMs);
  fs.utimesSync(stateLockPath, time, time);
}

describe('the runs index', () => {
  test('is ordered by time, whatever the order of recording', async () => {
    expect(await recordRunInIndex(env, summary('newer', 2))).toEqual({ recorded: true, warnings: [] });
    await recordRunInIndex(env, summary('older', 1));
    expect(readIndex()).toEqual({
      taskId: '0101',
      lastRunAt: '2026-01-01T00:02:00.000Z',
      runs: [summary('older', 1), summary('newer', 2)],
    });
  });

  test('is a 2-space document without a newline at its end', async () => {
    await recordRunInIndex(env, summary('a', 1));
    const text = fs.readFileSync(taskPaths(env).runsIndexPath, 'utf8');
    expect(text).toBe(JSON.stringify(readIndex(), null, 2));
    expect(fs.readdirSync(path.dirname(taskPaths(env).runsIndexPath))).toEqual(['runs.json']);
    expect(fs.existsSync(taskPaths(env).stateLockPath)).toBe(false);
  });

  test('holds one summary per run, the newest one', async () => {
    for (const [offset, runId] of ['A', 'B', 'C'].entries())
      await recordRunInIndex(env, summary(runId, offset));
    await recordRunInIndex(env, summary('B', 9, 'resumed'));
    expect(readIndex()).toEqual({
      taskId: '0101',
      lastRunAt: '2026-01-01T00:09:00.000Z',
      runs: [summary('A', 0), summary('C', 2), summary('B', 9, 'resumed')],
    });
  });

  test('keeps what another tool wrote into it', async () => {
    const foreign = { timestamp: '2025-01-01T00:00:00.000Z', some: 'thing' };
    put(taskPaths(env).runsIndexPath, JSON.stringify({ taskId: '0101', lastRunAt: null, runs: [foreign] }));
    await recordRunInIndex(env, summary('a', 1));
    expect(readIndex()['runs']).toEqual([foreign, summary('a', 1)]);
  });

  test('takes all of several runs that end at once', async () => {
    const runs = Array.from({ length: 8 }, (_, index) => summary(`run-${index}`, index));
    const patient = { attempts: 500, delayMs: 5 };
    await Promise.all(runs.map((run) => recordRunInIndex(env, run, patient)));
    expect(readIndex()['runs']).toEqual(runs);
  });
});

describe('an index that cannot be used', () => {
  test.each([
    { text: '{"taskId":"0101","ru', detail: 'it is not valid JSON' },
    { text: '{"taskId":"0101"}', detail: 'expected { "taskId": "…", "runs": [ … ] }' },
    { text: '{"taskId":"0202","runs":[]}', detail: 'it belongs to task "0202", not to "0101"' },
  ])('holding $text is left as it is', async ({ text, detail }) => {
    const { runsIndexPath, stateLockPath } = taskPaths(env);
    put(runsIndexPath, text);
    await expect(recordRunInIndex(env, summary('a', 1))).rejects.toMatchObject({
      failure: { kind: 'damaged-evidence', path: runsIndexPath, detail },
    });
    expect(fs.readFileSync(runsIndexPath, 'utf8')).toBe(text);
    expect(fs.existsSync(stateLockPath)).toBe(false);
  });
});

describe('the state lock', () => {
  test('held by somebody else: nothing is written, a warning says so', async () => {
    holdForeignLock();
    expect(await recordRunInIndex(env, summary('a', 1), { attempts: 3, delayMs: 1 })).toEqual({
      recorded: false,
      warnings: ['out/0101/runs.json was not updated: .runs/0101.lock is held by another process.'],
    });
    expect(fs.existsSync(taskPaths(env).runsIndexPath)).toBe(false);
  });

  test('older than staleMs is taken over without using up an attempt', async () => {
    holdForeignLock(60_000);
    expect(await recordRunInIndex(env, summary('a', 1), { attempts: 1, staleMs: 1 })).toMatchObject({
      recorded: true,
    });
  });

  test('is tried five times unless told otherwise, with doubled waits', async () => {
    holdForeignLock();
    const startedMs = performance.now();
    const options = { attempts: undefined, delayMs: 10, staleMs: undefined };
    expect(await recordRunInIndex(env, summary('a', 1), options)).toMatchObject({ recorded: false });
    // 10 + 20 + 40 + 80 ms; one attempt less would have waited 70 ms.
    expect(performance.now() - startedMs).toBeGreaterThan(145);
  });
});

describe('an index of an old version in state.json', () => {
  const legacy = {
    taskId: '0101',
    lastRunAt: '2024-01-01T00:00:00.000Z',
    runs: [{ runId: 'old', timestamp: '2024' }],
  };

  test('is adopted', async () => {
    put(taskPaths(env).outStatePath, JSON.stringify(legacy));
    await recordRunInIndex(env, summary('a', 1));
    expect(readIndex()['runs']).toEqual([...legacy.runs, summary('a', 1)]);
  });

  test('is adopted without a new run as well', async () => {
    put(taskPaths(env).outStatePath, JSON.stringify(legacy));
    await adoptLegacyRunsIndex(env);
    expect(readIndex()).toEqual({ taskId: '0101', lastRunAt: '2024', runs: legacy.runs });
  });

  test('does not replace runs.json', async () => {
    put(taskPaths(env).outStatePath, JSON.stringify(legacy));
    put(taskPaths(env).runsIndexPath, '{"taskId":"0101","runs":[]}');
    await adoptLegacyRunsIndex(env);
    expect(readIndex()['runs']).toEqual([]);
    await recordRunInIndex(env, summary('a', 1));
    expect(readIndex()['runs']).toEqual([summary('a', 1)]);
  });

  test.each([
    { what: 'an aggregate', text: '{"updated_at":"2026-01-01T00:00:00.000Z","throughput":{"candidates":2}}' },
    { what: 'of another task', text: '{"taskId":"0202","runs":[{"runId":"old","timestamp":"2024"}]}' },
    { what: 'without a list of runs', text: '{"taskId":"0101","runs":{}}' },
    { what: 'damaged', text: '{"taskId":"0101","runs":[' },
  ])('$what is not adopted and stays as it is', async ({ text }) => {
    const { outStatePath, runsIndexPath } = taskPaths(env);
    put(outStatePath, text);
    await adoptLegacyRunsIndex(env);
    expect(fs.existsSync(runsIndexPath)).toBe(false);
    await recordRunInIndex(env, summary('a', 1));
    expect(readIndex()['runs']).toEqual([summary('a', 1)]);
    expect(fs.readFileSync(outStatePath, 'utf8')).toBe(text);
  });
});
