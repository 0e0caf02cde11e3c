import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createSettling } from '../../../src/cli/watch/settling.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Whether it has settled by now. */
async function isSettled(settling: ReturnType<typeof createSettling>): Promise<boolean> {
  return Promise.race([settling.settled().then(() => true), Promise.resolve().then(() => false)]);
}

test('a burst is over when nothing has changed for 100 ms', async () => {
  const settling = createSettling();
  expect([settling.isUnsettled, await isSettled(settling)]).toEqual([false, false]);
  for (let file = 0; file < 5; file += 1) {
    settling.note();
    vi.advanceTimersByTime(99);
    expect([settling.isUnsettled, await isSettled(settling)]).toEqual([true, false]);
  }
  vi.advanceTimersByTime(1);
  expect([settling.isUnsettled, await isSettled(settling)]).toEqual([false, true]);
});

test('one that does not end counts as over after a second', async () => {
  const settling = createSettling();
  const settled = vi.fn<() => void>();
  void settling.settled().then(settled);
  for (let ms = 0; ms < 950; ms += 50) {
    settling.note();
    vi.advanceTimersByTime(50);
  }
  await Promise.resolve();
  expect(settled).not.toHaveBeenCalled();
  settling.note();
  vi.advanceTimersByTime(50);
  await Promise.resolve();
  expect(settled).toHaveBeenCalledOnce();
});

test('what changes while somebody looks is told again', async () => {
  const settling = createSettling();
  settling.note();
  vi.advanceTimersByTime(100);
  settling.lower();
  settling.note();
  expect(await isSettled(settling)).toBe(false);
  vi.advanceTimersByTime(100);
  expect(await isSettled(settling)).toBe(true);
});

test('nobody has to wait for it to be told', async () => {
  const settling = createSettling();
  const given = settling.settled();
  settling.note();
  vi.advanceTimersByTime(100);
  await given;
  expect(await isSettled(settling)).toBe(true);
});

test('who waits can be woken, and what has changed by then is still told', async () => {
  const settling = createSettling();
  settling.note();
  settling.wake();
  expect([settling.isUnsettled, await isSettled(settling)]).toEqual([true, true]);
  settling.lower();
  expect(await isSettled(settling)).toBe(false);
  vi.advanceTimersByTime(100);
  expect(await isSettled(settling)).toBe(true);
});
