import { describe, expect, it } from 'vitest';
import { createProfiler, type CacheAccount } from '../../src/run/profile.ts';

const RUN = { run_id: 'r1', status: 'failed' } as const;

/** A clock that moves only when told to. */
function steppedClock(): { clock: () => number; pass: (ms: number) => void } {
  let nowMs = 1000;
  return { clock: () => nowMs, pass: (ms) => void (nowMs += ms) };
}

describe('createProfiler', () => {
  it('takes the time of each phase, and of all together', () => {
    const { clock, pass } = steppedClock();
    const profiler = createProfiler(clock);
    pass(5);
    profiler.enter('stages');
    pass(40);
    profiler.enter('finish');
    pass(9.126);
    expect(profiler.profile(RUN, true)).toMatchObject({
      schema_version: 1,
      run_id: 'r1',
      status: 'failed',
      resumed: true,
      total_ms: 54.13,
      phases_ms: { open: 5, stages: 40, finish: 9.13, drain: null },
    });
  });

  it('adds up parts that are measured twice, and those that fail', async () => {
    const { clock, pass } = steppedClock();
    const profiler = createProfiler(clock);
    await profiler.measure('metrics', async () => pass(2));
    const failing = profiler.measure('metrics', async () => {
      pass(3);
      throw new Error('no space');
    });
    await expect(failing).rejects.toThrow('no space');
    expect(profiler.profile(RUN, false).finish_parts_ms).toEqual({
      summary: null,
      manifest: null,
      journal_sync: null,
      metrics: 5,
      runs_index: null,
    });
  });

  it('lists the stages in the order in which they end', async () => {
    const { clock, pass } = steppedClock();
    const profiler = createProfiler(clock);
    const account: CacheAccount = {
      result: 'miss',
      key: 'ab',
      source_run_id: null,
      why: ['command changed'],
      stored: true,
      not_stored: null,
    };
    let finish = (_result: { cache: CacheAccount }): void => {};
    const slow = new Promise<{ cache: CacheAccount }>((resolve) => (finish = resolve));
    const first = profiler.measureStage({ index: 1, id: 'slow' }, () => slow);
    await profiler.measureStage({ index: 2, id: 'quick' }, async () => {
      pass(1);
      return {};
    });
    pass(1);
    finish({ cache: account });
    expect(await first).toEqual({ cache: account });
    expect(profiler.profile(RUN, false).stages).toEqual([
      { index: 2, id: 'quick', duration_ms: 1 },
      { index: 1, id: 'slow', duration_ms: 2, cache: account },
    ]);
  });

  it('sums up what was written', () => {
    const profiler = createProfiler(() => 0);
    const { replaces, appends, creations, locks } = profiler.activity;
    replaces.manifest = { count: 2, bytes: 200 };
    appends.journal = { count: 3, bytes: 30 };
    creations.bytes = 4;
    locks.waited_ms = 12.3456;
    expect(profiler.profile(RUN, false).files).toMatchObject({
      replaces: { manifest: { count: 2, bytes: 200 }, other: { count: 0, bytes: 0 } },
      locks: { waited_ms: 12.35 },
      bytes_written: 234,
    });
  });
});
