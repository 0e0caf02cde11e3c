import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runPaths, type TaskEnvironment, taskPaths } from '../../src/run/paths.ts';
import { adoptLegacyRunsIndex, recordAnnouncedRuns, recordRunInIndex } from '../../src/run/runsIndex.ts';
import { acquireLock } from '../../src/storage/lock.ts';
import { bundleProgram } from '../support/bundledProgram.ts';
import { allRuns, announce, recordRun, sizedSummary } from '../support/indexedRuns.ts';
import { createTask } from '../support/metricsHistory.ts';

let env: TaskEnvironment;
beforeEach(() => {
  env = createTask('0101');
  fs.mkdirSync(env.runsRoot, { recursive: true });
});
afterEach(() => {
  fs.rmSync(env.repoRoot, { recursive: true, force: true });
});

function allIds(): string[] {
  return allRuns(env)
    .map(({ runId }) => runId)
    .toSorted();
}

function pending(): string[] {
  return fs.readdirSync(taskPaths(env).runsPendingDir);
}

describe('runs that end at once', () => {
  test('are all in the index, 64 of them with one try each', async () => {
    const runs = Array.from({ length: 64 }, (_, index) => sizedSummary(`run-${index}`, index, 8));
    await Promise.all(runs.map((run) => recordRun(env, run, { attempts: 1 })));
    expect(allIds()).toEqual(runs.map(({ runId }) => runId).toSorted());
    expect(pending()).toEqual([]);
  });

  test('are all in the index when they are processes', async () => {
    const program = await bundleProgram('indexRuns');
    try {
      const recorders = ['a', 'b', 'c', 'd', 'e', 'f'].map((prefix) =>
        spawn(process.execPath, [program.path, env.repoRoot, prefix, '11'], {
          stdio: ['pipe', 'ignore', 'inherit'],
        }),
      );
      const ended = Promise.all(recorders.map((recorder) => once(recorder, 'exit')));
      for (const recorder of recorders) recorder.stdin.end();
      expect((await ended).map(([code]) => Number(code))).toEqual([0, 0, 0, 0, 0, 0]);
    } finally {
      program.remove();
    }
    expect(allIds()).toHaveLength(66);
    expect(new Set(allIds()).size).toBe(66);
    expect(pending()).toEqual([]);
  });
});

describe('a run that finds the state lock busy', () => {
  test('is brought in by the next run when the holder does not', async () => {
    const { stateLockPath } = taskPaths(env);
    fs.writeFileSync(stateLockPath, '');
    expect(await recordRun(env, sizedSummary('early', 1), { attempts: 2, delayMs: 1 })).toEqual({
      recorded: false,
      warnings: [
        'This run is not in out/0101/runs.json yet: .runs/0101.lock is held by another process. The next run adds it.',
      ],
    });
    expect(allIds()).toEqual([]);
    fs.rmSync(stateLockPath);
    await recordRun(env, sizedSummary('next', 2));
    expect(allIds()).toEqual(['early', 'next']);
    expect(pending()).toEqual([]);
  });

  test('waits no longer than until it is in the index', async () => {
    const { stateLockPath } = taskPaths(env);
    const result = await acquireLock(stateLockPath, { purpose: 'runs index' });
    const run = sizedSummary('run', 1);
    const announcement = announce(env, run);
    const recorded = recordRunInIndex(env, run, { announcement, attempts: 1000, delayMs: 5 });
    // As its holder does when it has put the run into the index.
    fs.rmSync(announcement);
    expect(await recorded).toEqual({ recorded: true, warnings: [] });
    if (result.status === 'acquired') await result.lock.release();
  });
});

describe('an announced run', () => {
  test('that was killed is brought in by the next one', async () => {
    announce(env, sizedSummary('killed', 1));
    await recordRun(env, sizedSummary('next', 2));
    expect(allIds()).toEqual(['killed', 'next']);
  });

  test('is brought in without another run', async () => {
    announce(env, sizedSummary('killed', 1));
    expect(await recordAnnouncedRuns(env)).toEqual({ runIds: ['killed'], warnings: [] });
    expect(allIds()).toEqual(['killed']);
    expect(await recordAnnouncedRuns(env)).toEqual({ runIds: [], warnings: [] });
  });

  test('is brought in by whoever moves an old index', async () => {
    const { outStatePath } = taskPaths(env);
    fs.mkdirSync(path.dirname(outStatePath), { recursive: true });
    fs.writeFileSync(outStatePath, JSON.stringify({ taskId: '0101', runs: [sizedSummary('old', 0)] }));
    announce(env, sizedSummary('killed', 1));
    await adoptLegacyRunsIndex(env);
    expect(allIds()).toEqual(['killed', 'old']);
  });

  test('without a summary has to wait for it, and holds nobody up', async () => {
    const { runSummaryPath } = runPaths(env, 'early');
    const early = sizedSummary('early', 1);
    announce(env, early);
    fs.rmSync(runSummaryPath);
    await recordRun(env, sizedSummary('next', 2));
    expect(allIds()).toEqual(['next']);
    fs.writeFileSync(runSummaryPath, JSON.stringify(early));
    await recordRun(env, sizedSummary('later', 3));
    expect(allIds()).toEqual(['early', 'later', 'next']);
  });

  test('that was deleted is forgotten, and so is what is no announcement', async () => {
    announce(env, sizedSummary('deleted', 1));
    fs.rmSync(runPaths(env, 'deleted').runDir, { recursive: true });
    const litter = path.join(taskPaths(env).runsPendingDir, 'x.json.tmp');
    for (const file of [litter, path.join(taskPaths(env).runsPendingDir, 'empty.json')])
      fs.writeFileSync(file, '');
    fs.utimesSync(litter, 0, 0);
    await recordRun(env, sizedSummary('next', 2));
    expect(allIds()).toEqual(['next']);
    expect(pending()).toEqual([]);
  });

  test('waits until a damaged index was put right', async () => {
    const { runsIndexPath } = taskPaths(env);
    fs.mkdirSync(path.dirname(runsIndexPath), { recursive: true });
    fs.writeFileSync(runsIndexPath, '{"taskId":"0101","ru');
    await expect(recordRun(env, sizedSummary('early', 1))).rejects.toMatchObject({
      failure: { kind: 'damaged-evidence', path: runsIndexPath },
    });
    fs.rmSync(runsIndexPath);
    await recordRun(env, sizedSummary('next', 2));
    expect(allIds()).toEqual(['early', 'next']);
  });
});
