import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startFakeWatch } from './fakeWatch.ts';

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
