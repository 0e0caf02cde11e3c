import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FailureError } from '../../../src/failure.ts';
import { startFakeWatch, type FakeWatch } from './fakeWatch.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('it runs, waits for a change, runs again, and ends when somebody asks it to', async () => {
  const watch = await startFakeWatch();
  await watch.endRun();
  expect([watch.runs.length, watch.said]).toEqual([1, ['watching']]);
  await watch.save('src/a', 'b');
  expect([watch.runs.length, watch.said.at(-1)]).toEqual([2, 'changed b src/a']);
  await watch.endRun();
  expect(await watch.ask(130)).toBe(130);
  expect(watch.runs.map(({ causes }) => causes)).toEqual([[], []]);
});

test('waiting for long leaves nothing behind', async () => {
  const watch = await startFakeWatch(true);
  for (let times = 0; times < 10; times += 1) await watch.save('docs/a');
  await watch.endRun();
  for (let times = 0; times < 10; times += 1) await watch.save('docs/a');
  expect([watch.runs.length, watch.waits]).toEqual([1, 1]);
  expect(await watch.ask(143)).toBe(143);
});

test('what was wrong with a configuration during a run is told after it, unless it was repaired', async () => {
  const watch = await startFakeWatch();
  await watch.happens(() => void (watch.config = '{'));
  await watch.happens(() => void (watch.config = '{}'));
  await watch.endRun();
  expect(watch.said).toEqual(['watching']);
  await watch.save('src/a');
  await watch.happens(() => void (watch.config = '{'));
  await watch.endRun();
  expect(watch.said.slice(1)).toEqual(['changed src/a', 'problem usage', 'watching']);
  expect(watch.runs.map(({ causes }) => causes)).toEqual([[], []]);
});

test('results are made anew until a run has come to its end', async () => {
  const watch = await startFakeWatch();
  await watch.save('src/a');
  await watch.endRun();
  await watch.save('src/a');
  expect(watch.runs.map(({ isForced, causes }) => [isForced, causes])).toEqual([
    [true, ['superseded']],
    [true, []],
    [false, []],
  ]);
});

test('a configuration that cannot be loaded is told once, and again when it changes', async () => {
  const watch = await startFakeWatch();
  await watch.endRun();
  await watch.happens(() => void (watch.config = '{'));
  await watch.save('src/a');
  await watch.save('log');
  expect(watch.said).toEqual(['watching', 'changed config', 'problem usage', 'watching']);
  await watch.happens(() => void (watch.config = '{}'));
  expect([watch.runs.length, watch.said.slice(4)]).toEqual([2, ['changed config']]);

  await watch.happens(() => void (watch.config = '{'));
  await watch.endRun();
  await watch.save('log');
  expect([watch.runs.length, watch.said.slice(5)]).toEqual([2, ['problem usage', 'watching']]);
});

test('trouble with git ends neither a run nor watching, and is told when no run has the terminal', async () => {
  const watch = await startFakeWatch();
  await watch.happens(() => void (watch.trouble = new FailureError({ kind: 'git-failed', message: 'no' })));
  expect(watch.said).toEqual([]);
  await watch.endRun();
  expect(watch.said).toEqual(['trouble git-failed', 'watching']);
  await watch.happens(() => void (watch.trouble = null));
  await watch.save('src/a');
  expect([watch.runs.length, watch.said.at(-1)]).toEqual([2, 'changed src/a']);
});

test('a later run that cannot begin for want of room is told, and watching goes on', async () => {
  const watch = await startFakeWatch();
  await watch.endRun();
  await watch.save('src/a');
  const full = { code: 'ENOSPC', syscall: 'open', path: '/repo/.runs/x' };
  await watch.failRun(Object.assign(new Error('ENOSPC'), full));
  expect(watch.said.slice(-2)).toEqual(['problem storage', 'watching']);
  await watch.save('src/a');
  expect([watch.runs.length, await watch.ask(130)]).toEqual([3, 130]);
});

/** Saves files during each of some runs, and lets them end if that has not ended them. */
async function duringEach(watch: FakeWatch, runs: number, ...files: string[]): Promise<void> {
  for (let run = 0; run < runs; run += 1) {
    const before = watch.runs.length;
    await watch.save(...files);
    if (watch.runs.length === before) await watch.endRun();
  }
}

test('a file that a stage writes in each run starts no more, once a pause has shown that nobody else does', async () => {
  const watch = await startFakeWatch();
  await duringEach(watch, 4, 'stamp');
  expect([watch.runs.length, watch.said.at(-1)]).toEqual([4, 'pausing stamp 3000']);
  await watch.passMs(3_000);
  expect([watch.runs.length, watch.said.at(-1)]).toEqual([5, 'changed stamp']);
  await duringEach(watch, 1, 'stamp');
  await watch.passMs(60_000);
  expect([watch.runs.length, watch.said.slice(-2)]).toEqual([5, ['held stamp', 'watching']]);

  await watch.save('src/a');
  await duringEach(watch, 1, 'stamp');
  expect([watch.runs.length, watch.said.slice(-2)]).toEqual([6, ['held stamp', 'watching']]);
});

test('the pause is as long as the run was; a person who saves in it is no stage', async () => {
  const watch = await startFakeWatch();
  await duringEach(watch, 3, 'src/a');
  await watch.passMs(9_900);
  await duringEach(watch, 1, 'src/a');
  expect(watch.said.at(-1)).toBe('pausing src/a 10000');
  await watch.passMs(9_000);
  await watch.save('src/a');
  await duringEach(watch, 3, 'src/a');
  await watch.endRun();
  expect([watch.runs.length, watch.said.at(-1)]).toEqual([8, 'watching']);
  expect(watch.said.filter((text) => text.startsWith('held'))).toEqual([]);
});

test('with a cache no stage writes what it reads, so that a person may save for ever', async () => {
  const watch = await startFakeWatch(true);
  const pauses: number[] = [];
  for (let runs = 0; runs < 10; runs += 1) {
    await duringEach(watch, 1, 'src/a');
    if (!isPausing(watch)) continue;
    const ms = Number(watch.said.at(-1)?.split(' ').at(-1));
    pauses.push(ms);
    await watch.passMs(ms);
  }
  await watch.endRun();
  expect([watch.runs.length, watch.said.at(-1)]).toEqual([11, 'watching']);
  expect(pauses.slice(0, 6)).toEqual([3_000, 6_000, 12_000, 24_000, 48_000, 60_000]);
  expect(watch.said.filter((text) => text.startsWith('held'))).toEqual([]);
});

test('what is said here may end up in a file of the repository', async () => {
  const watch = await startFakeWatch();
  while (watch.runs.length < 5) {
    await duringEach(watch, 1, 'log');
    if (!isPausing(watch)) continue;
    await watch.save('log');
    await watch.passMs(3_000);
  }
  await duringEach(watch, 1, 'log');
  await watch.save('log');
  expect([watch.runs.length, watch.said.slice(-2)]).toEqual([5, ['held log', 'watching']]);
});

function isPausing({ said }: FakeWatch): boolean {
  return said.at(-1)?.startsWith('pausing') === true;
}
