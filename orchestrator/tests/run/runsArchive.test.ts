import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type RunPaths, runPaths, type TaskEnvironment, taskPaths } from '../../src/run/paths.ts';
import { indexedRunIds, repairRunsIndex } from '../../src/run/repairRunsIndex.ts';
import { recordAnnouncedRuns } from '../../src/run/runsIndex.ts';
import { createFileActivity } from '../../src/storage/fileActivity.ts';
import {
  allRuns,
  announce,
  readRuns,
  recordRun,
  segmentNames,
  sizedSummary,
  type StoredSummary,
} from '../support/indexedRuns.ts';
import { createTask } from '../support/metricsHistory.ts';

let env: TaskEnvironment;
beforeEach(() => {
  env = createTask('0101');
});
afterEach(() => {
  vi.restoreAllMocks();
  fs.rmSync(env.repoRoot, { recursive: true, force: true });
});

/** As an old version, which kept everything in one file, left it. */
function writeIndex(runs: StoredSummary[]): void {
  const { runsIndexPath } = taskPaths(env);
  fs.mkdirSync(path.dirname(runsIndexPath), { recursive: true });
  const index = { taskId: '0101', lastRunAt: runs.at(-1)?.timestamp ?? null, runs };
  fs.writeFileSync(runsIndexPath, JSON.stringify(index, null, 2));
}

function history(count: number, KiB = 1): StoredSummary[] {
  return Array.from({ length: count }, (_, index) => sizedSummary(`run-${index}`, index, KiB));
}

function indexIds(): string[] {
  return readRuns(taskPaths(env).runsIndexPath).map(({ runId }) => runId);
}

/** Run ids in the order of a reader; twice when a run is there twice. */
function allIds(): string[] {
  return allRuns(env)
    .map(({ runId }) => runId)
    .toSorted();
}

function ids(runs: StoredSummary[]): string[] {
  return runs.map(({ runId }) => runId).toSorted();
}

function segmentPath(offset: number): string {
  return path.join(taskPaths(env).runsArchiveDir, segmentNames(env)[offset] ?? '');
}

describe('the archive of the runs index', () => {
  test('takes the oldest runs when the index has grown', async () => {
    const runs = history(14, 40);
    for (const run of runs) await recordRun(env, run);
    // Twelve of 40 KiB are below 512 KiB; with the thirteenth the six newest stay, below 256 KiB.
    expect(indexIds()).toEqual(runs.slice(7).map(({ runId }) => runId));
    expect(segmentNames(env)).toEqual(['2026-01/2026-01-01T00-00-00.000Z_2026-01-01T00-06-00.000Z.json']);
    expect(allIds()).toEqual(ids(runs));
    expect(indexedRunIds(env)).toEqual(new Set(allIds()));
    expect(fs.readdirSync(taskPaths(env).runsArchiveDir)).toEqual(['2026-01']);
  });

  test('takes a long history at once, month by month', async () => {
    const monthMinutes = 31 * 24 * 60;
    const runs = Array.from({ length: 40 }, (_, index) =>
      sizedSummary(`run-${index}`, index * (monthMinutes / 15), 60),
    );
    writeIndex(runs);
    const last = sizedSummary('last', 3 * monthMinutes);
    expect(await recordRun(env, last)).toEqual({ recorded: true, warnings: [] });
    expect(allIds()).toEqual(ids([...runs, last]));
    expect(new Set(segmentNames(env).map((name) => path.dirname(name)))).toEqual(
      new Set(['2026-01', '2026-02', '2026-03']),
    );
  });

  test('makes a run read and write no more after a longer history', async () => {
    const costs = [];
    for (const count of [600, 3000]) {
      writeIndex(history(count));
      await recordRun(env, sizedSummary(`first-after-${count}`, count));
      const activity = createFileActivity();
      await recordRun({ ...env, activity }, sizedSummary(`second-after-${count}`, count + 1));
      costs.push(activity.reads.bytes + activity.replaces.other.bytes);
      // The announcement, the lock and runs.json.
      expect(activity.reads.count).toBe(3);
      fs.rmSync(taskPaths(env).runsArchiveDir, { recursive: true });
    }
    expect(Math.max(...costs)).toBeLessThan(1_100_000);
  });

  test('keeps one run however large it is, and runs of one time', async () => {
    const runs = ['a', 'b', 'c'].map((runId) => sizedSummary(runId, 0, 600));
    for (const run of runs) await recordRun(env, run);
    expect(indexIds()).toEqual(['c']);
    expect(segmentNames(env)).toHaveLength(1);
    expect(allIds()).toEqual(ids(runs));
  });

  test('keeps what another tool wrote without an id or a time', async () => {
    const foreign = [{ some: 'thing' }, { timestamp: '2025-06', notes: 'x'.repeat(600_000) }];
    const { runsIndexPath, runsArchiveDir } = taskPaths(env);
    fs.mkdirSync(path.dirname(runsIndexPath), { recursive: true });
    fs.writeFileSync(runsIndexPath, JSON.stringify({ taskId: '0101', lastRunAt: null, runs: foreign }));
    await recordRun(env, sizedSummary('a', 1));
    expect(segmentNames(env)).toEqual(['2025-06/2025-06_2025-06.json', 'undated/_.json']);
    const undated: unknown = JSON.parse(fs.readFileSync(path.join(runsArchiveDir, 'undated/_.json'), 'utf8'));
    expect(undated).toEqual({ taskId: '0101', lastRunAt: null, runs: [{ some: 'thing' }] });
  });
});

describe('a resumed run whose entry is in the archive', () => {
  const runs = history(40, 40);
  const resumed = sizedSummary('run-3', 100);

  beforeEach(async () => {
    for (const run of runs) announce(env, run);
    await recordAnnouncedRuns(env);
    for (const run of runs.slice(0, 14)) await recordRun(env, { ...run, runId: `other-${run.runId}` });
  });

  test('is moved, and no other segment is read', async () => {
    const before = allIds();
    const activity = createFileActivity();
    expect(indexIds()).not.toContain('run-3');
    const sizes = segmentNames(env).map((_, offset) => fs.statSync(segmentPath(offset)).size);
    await recordRun({ ...env, activity }, resumed);
    expect(allIds()).toEqual(before);
    expect(allRuns(env).find(({ runId }) => runId === 'run-3')).toEqual(resumed);
    expect(activity.reads.bytes).toBeLessThan(sizes.reduce((sum, size) => sum + size));
  });

  test('is moved when an earlier resume was killed before it got into the index', async () => {
    const before = allIds();
    announce(env, sizedSummary('run-3', 90));
    await recordRun(env, resumed);
    expect(allIds()).toEqual(before);
    expect(allRuns(env).find(({ runId }) => runId === 'run-3')).toEqual(resumed);
    expect(fs.readdirSync(taskPaths(env).runsPendingDir)).toEqual([]);
  });

  test('is left where it is while the new summary is not written', async () => {
    const summaryPath = runPaths(env, 'run-3').runSummaryPath;
    const before = fs.readFileSync(summaryPath);
    announce(env, resumed);
    fs.writeFileSync(summaryPath, before);
    await recordRun(env, sizedSummary('next', 101));
    expect(indexIds()).not.toContain('run-3');
    fs.writeFileSync(summaryPath, JSON.stringify(resumed));
    await recordRun(env, sizedSummary('later', 102));
    expect(allRuns(env).filter(({ runId }) => runId === 'run-3')).toEqual([resumed]);
  });

  test('gets into the index although its segment is damaged', async () => {
    const file = segmentPath(0);
    fs.writeFileSync(file, '{"taskId":"0101","ru');
    const name = path.relative(env.repoRoot, file);
    expect(await recordRun(env, resumed)).toEqual({
      recorded: true,
      warnings: [`${name} is damaged and was left as it is; it may hold run run-3 too.`],
    });
    expect(indexIds()).toContain('run-3');
  });
});

describe('repairRunsIndex', () => {
  async function archived(): Promise<RunPaths> {
    for (const run of history(14, 40)) await recordRun(env, run);
    return runPaths(env, 'run-0');
  }

  test('leaves a run alone that is in the archive', async () => {
    const paths = await archived();
    expect(await repairRunsIndex(env, paths)).toBe(false);
    expect(allIds()).toHaveLength(14);
  });

  test('adds a run that is nowhere', async () => {
    const paths = await archived();
    fs.rmSync(segmentPath(0));
    expect(await repairRunsIndex(env, paths)).toBe(true);
    expect(indexIds()[0]).toBe('run-0');
  });
});

describe('killed between any two file operations', () => {
  class Killed extends Error {}

  /** Lets operations that change files fail from the `nth` on, as if the process were gone. */
  function killAt(nth: number): void {
    let calls = 0;
    for (const name of ['renameSync', 'rmSync', 'unlinkSync'] as const) {
      const original = fs[name];
      vi.spyOn(fs, name).mockImplementation((...args: unknown[]) => {
        calls += 1;
        if (calls >= nth) throw new Killed();
        Reflect.apply(original, fs, args);
      });
    }
  }

  /** Resolves with whether it was killed. The lock of the dead is taken away, as it would be taken over. */
  async function killed(nth: number, work: () => Promise<unknown>): Promise<boolean> {
    killAt(nth);
    try {
      await work();
      return false;
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      return true;
    } finally {
      vi.restoreAllMocks();
      fs.rmSync(taskPaths(env).stateLockPath, { force: true });
    }
  }

  const runs = history(13, 40);
  const next = sizedSummary('next', 60);

  test.each([
    {
      what: 'a run that makes others move to the archive',
      earlier: runs.slice(0, 12),
      run: sizedSummary('last', 50, 40),
      least: 8,
    },
    {
      what: 'before one of those that move is resumed',
      earlier: runs.slice(0, 12),
      run: sizedSummary('last', 50, 40),
      following: sizedSummary('run-2', 60),
      least: 8,
    },
    {
      what: 'a run that is late and moves to the archive at once',
      earlier: runs.slice(1),
      run: sizedSummary('late', 0, 40),
      least: 8,
    },
    {
      what: 'a run that comes out of the archive',
      earlier: runs,
      run: sizedSummary('run-1', 50, 40),
      least: 5,
    },
  ])('$what: none is ever missing, and each is there once after the next run', async (situation) => {
    const { earlier, run, following = next, least } = situation;
    for (const each of earlier) await recordRun(env, each);
    const saved = `${env.repoRoot}-saved`;
    fs.renameSync(env.repoRoot, saved);
    let kills = 0;
    try {
      for (; ; kills += 1) {
        fs.cpSync(saved, env.repoRoot, { recursive: true });
        const wasKilled = await killed(kills + 1, () => recordRun(env, run));
        expect(allIds()).toEqual(expect.arrayContaining(ids(earlier)));
        const { runSummaryPath } = runPaths(env, run.runId);
        const hasEnded =
          fs.existsSync(runSummaryPath) && fs.readFileSync(runSummaryPath, 'utf8').includes(run.timestamp);
        await recordRun(env, following);
        const expected = new Set([...ids(earlier), ...(hasEnded ? [run.runId] : []), following.runId]);
        expect(allIds()).toEqual([...expected].toSorted());
        fs.rmSync(env.repoRoot, { recursive: true });
        if (!wasKilled) break;
      }
    } finally {
      fs.rmSync(saved, { recursive: true });
    }
    expect(kills).toBeGreaterThanOrEqual(least);
  });
});
