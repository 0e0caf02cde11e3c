import { beforeEach, expect, test } from 'vitest';
import { changedPaths, listKey } from '../../../src/cli/watch/changes.ts';
import type { Ground, Look } from '../../../src/cli/watch/ground.ts';
import { NO_REPETITION, type Endurance } from '../../../src/cli/watch/repeatedChanges.ts';
import { FailureError } from '../../../src/failure.ts';
import { createSettling } from '../../../src/cli/watch/settling.ts';
import { goAlong, type WatchedRunEnd } from '../../../src/cli/watch/watchedRun.ts';

/** A chain of two stages that read different files, and what the files hold. */
const STAGES = [
  { id: 'lint', inputs: [['src']], needs: [] },
  { id: 'docs', inputs: [['docs']], needs: [0] },
];
const PROBLEM = new FailureError({ kind: 'usage', message: 'broken' });
let files: { src: string; docs: string; config: string };
let begun: Set<number>;
let causes: string[];
let endurance: Endurance;
let endRun: () => void;
let look: () => Look;

beforeEach(() => {
  files = { src: '1', docs: '1', config: '{}' };
  begun = new Set();
  causes = [];
  endurance = { ...NO_REPETITION, mayWriteAnything: true };
  look = () => ({
    lists: new Map([
      [listKey(['src']), new Map([['src/a', files.src]])],
      [listKey(['docs']), new Map([['docs/a', files.docs]])],
    ]),
    config: files.config,
    limit: null,
    trouble: null,
  });
});

/** A run during which `steps` happen, each noticed before the next; it ends after them unless it was cancelled. */
async function during(...steps: (() => void)[]): Promise<WatchedRunEnd> {
  const settling = createSettling(1);
  const left = [...steps];
  const step = (): void => {
    const next = left.shift();
    if (next === undefined) return endRun();
    next();
    settling.note();
  };
  const ground: Ground = {
    look: async () => {
      const seen = look();
      queueMicrotask(step);
      return seen;
    },
    close() {},
  };
  const over = new Promise<void>((resolve) => {
    endRun = resolve;
  });
  const before = look();
  const cancel = (cause: string): void => {
    causes.push(cause);
    endRun();
  };
  const request = { ground, settling, stages: STAGES, before, endurance };
  const lookRequest = { lists: [], isOutput: () => false };
  const reloadProblem = async (): Promise<FailureError | null> => (files.config === '{' ? PROBLEM : null);
  step();
  return goAlong({ begun, over, cancellation: { cancel } }, { ...request, lookRequest, reloadProblem });
}

test('a change that touches a stage which has begun ends the run', async () => {
  begun.add(0);
  const end = await during(() => void (files.src = '2'));
  expect(causes).toEqual(['superseded']);
  expect([end.isSuperseded, changedPaths(end.again), [...end.changed]]).toEqual([true, ['src/a'], ['src/a']]);
});

test('a stage that has not begun sees the change itself', async () => {
  begun.add(0);
  const end = await during(() => void (files.docs = '2'));
  expect([causes, end.isSuperseded, end.again.size]).toEqual([[], false, 0]);
});

test('so does one that touches what such a stage needs', async () => {
  begun.add(1);
  const end = await during(() => void (files.src = '2'));
  expect([causes, end.isSuperseded]).toEqual([['superseded'], true]);
});

test('nothing changed, nothing follows', async () => {
  begun.add(0);
  const end = await during(() => {});
  expect([causes, end.again.size, end.hasNewConfig, end.held]).toEqual([[], 0, false, []]);
});

test('what happens in the last moment is not lost', async () => {
  begun.add(0);
  const end = await during(() => {
    files.src = '2';
    endRun();
  });
  expect([causes, changedPaths(end.again)]).toEqual([[], ['src/a']]);
});

test('a new configuration ends the run if it can be run, a bad one does not', async () => {
  const bad = await during(() => void (files.config = '{'));
  expect([causes, bad.hasNewConfig, bad.problem]).toEqual([[], false, PROBLEM]);
  files.config = '{}';
  const good = await during(() => void (files.config = '{"a":1}'));
  expect([causes, good.hasNewConfig, good.isSuperseded]).toEqual([['superseded'], true, true]);
});

test('a file that changes in each run lets the third one end, and starts no more after a pause', async () => {
  begun.add(0);
  const change = (): void => void (files.src += '.');
  const afterRuns = (runs: number, pauses = 0): Promise<WatchedRunEnd> => {
    endurance = { ...endurance, runsInARow: new Map([['src/a', runs]]), pauses };
    return during(change, change);
  };
  const ends = [await afterRuns(2), await afterRuns(3), await afterRuns(4, 1)];
  expect(causes).toEqual([]);
  expect(ends.map(({ again, needsPause, held }) => [changedPaths(again), needsPause, held])).toEqual([
    [['src/a'], false, []],
    [['src/a'], true, []],
    [[], false, ['src/a']],
  ]);
});

test('a file that came and went during a run is nothing to run again for, unless it has ended the run', async () => {
  begun.add(0);
  const { src } = files;
  const come = (): void => void (files.src = 'there');
  const go = (): void => void (files.src = src);
  files.src = '';
  const all = look;
  look = () => {
    const seen = all();
    const there = [...seen.lists].map(
      ([key, held]) => [key, new Map([...held].filter(([, text]) => text !== ''))] as const,
    );
    return { ...seen, lists: new Map(there) };
  };
  endurance = { ...endurance, busyRuns: 4 };
  const end = await during(come, () => void (files.src = ''));
  expect([causes, changedPaths(end.again), [...end.changed]]).toEqual([[], [], ['src/a']]);
  files.src = src;
  expect(changedPaths((await during(come, go)).again)).toEqual(['src/a']);
  files.src = '';
  endurance = { ...endurance, busyRuns: 0 };
  const ended = await during(come, () => void (files.src = ''));
  expect([causes, changedPaths(ended.again)]).toEqual([['superseded'], ['src/a']]);
});

test('when files cannot be looked at, that is told once the run is over', async () => {
  let isOver = false;
  look = () => {
    queueMicrotask(() => {
      isOver = true;
      endRun();
    });
    throw new Error('no such folder');
  };
  const settled = createSettling(1);
  settled.note();
  const over = new Promise<void>((resolve) => {
    endRun = resolve;
  });
  const before: Look = { lists: new Map(), config: null, limit: null, trouble: null };
  const along = goAlong(
    { begun, over, cancellation: { cancel: () => {} } },
    {
      ground: { look: async () => look(), close() {} },
      settling: settled,
      stages: STAGES,
      before,
      endurance,
      lookRequest: { lists: [], isOutput: () => false },
      reloadProblem: async () => null,
    },
  );
  await expect(along).rejects.toThrow('no such folder');
  expect(isOver).toBe(true);
});
