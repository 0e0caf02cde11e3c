import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withMetricsLock } from '../../src/cli/metrics/metricsAggregator.ts';
import { buildMetricsEntry } from '../../src/cli/metrics/metricsEntry.ts';
import { queuePendingEntry } from '../../src/cli/metrics/queuePendingEntry.ts';
import { type TaskEnvironment, taskPaths } from '../../src/run/paths.ts';
import { jsonDocument } from '../../src/storage/replaceFile.ts';
import { eventually } from '../support/eventually.ts';
import type { Fault } from '../support/faults.ts';
import { aggregate, createTask, finishedRun, pendingNames } from '../support/metricsHistory.ts';
import { buildRecorder, type Recorder, type RecorderProgram } from '../support/metricsRecorder.ts';
import { assertIntact } from './evidence.ts';
import { expectCounted, isRecorded, recordRun, runsInHistory } from './metricsEvidence.ts';

let recorder: RecorderProgram;
beforeAll(async () => {
  recorder = await buildRecorder();
});
afterAll(() => recorder.remove());

interface Situation {
  what: string;
  /** Resolves with the runs that are to be counted already. */
  prepare(env: TaskEnvironment): Promise<string[]>;
  /** Lets the recorder run; by default nothing else happens meanwhile. */
  during?(env: TaskEnvironment, run: () => Recorder['ended']): Recorder['ended'];
  /** The operations before which it is killed, on files whose paths contain the text. */
  places: Pick<Fault, 'trigger' | 'operation'>[];
  /** Guards against a recorder that is never killed. */
  least: number;
}

/**
 * All that changes what lies on disk. Dying before each of these operations covers every moment between two of them,
 * and the one after the last is that of a recorder that got through.
 */
const OPERATIONS = ['write', 'rename', 'link', 'unlink'] as const;

/** The history, the queue, the lock, the aggregates and their checkpoint; and the flag. */
const EVERYWHERE: Situation['places'] = [
  ...OPERATIONS.map((operation) => ({ trigger: '/metrics', operation })),
  { trigger: 'manifest.json', operation: 'rename' },
];

const SITUATIONS: Situation[] = [
  {
    what: 'brings in the run of another',
    async prepare(env) {
      await recordRun(env, 'earlier');
      const { manifest } = storeRun(env, 'queued');
      await queuePendingEntry(env, buildMetricsEntry(manifest, new Date().toISOString(), Infinity));
      return ['earlier', 'queued'];
    },
    places: EVERYWHERE,
    least: 25,
  },
  {
    what: 'counts a history anew',
    async prepare(env) {
      await recordRun(env, 'earlier');
      fs.truncateSync(path.join(taskPaths(env).aggregatesDir, 'checkpoint.ndjson'), 100);
      return ['earlier'];
    },
    // The rest is the same whether it counts anew or not.
    places: [
      { trigger: '/run-ids-', operation: 'write' },
      { trigger: '/checkpoint', operation: 'rename' },
      { trigger: '/run-ids-', operation: 'unlink' },
    ],
    least: 3,
  },
  {
    what: 'finds the lock held and queues its run',
    async prepare(env) {
      await recordRun(env, 'earlier');
      return ['earlier'];
    },
    async during(env, run) {
      let ended: ReturnType<typeof run> | undefined;
      await withMetricsLock(env, async () => {
        ended = run();
        await ended;
      });
      return ended ?? run();
    },
    places: EVERYWHERE,
    least: 3,
  },
];

/** Kills a recorder at one moment and goes on. Resolves with false when it ended before that moment came. */
async function killAndGoOn(situation: Situation, fault: Fault): Promise<boolean> {
  const env = createTask();
  try {
    const earlier = await situation.prepare(env);
    storeRun(env, 'killed-0');
    const run = () => recorder.run(env, { prefix: 'killed', faults: [fault] });
    const { signal, stderr } = await (situation.during?.(env, run) ?? run());
    expect(stderr).toBe('');

    await assertIntact(env.runsRoot, env.outRoot);
    const isQueued = pendingNames(env).some((name) => /^killed-0-.*\.jsonl$/.test(name));
    const isIn = runsInHistory(env).includes('killed-0');
    expect({ isRecorded: isRecorded(env, 'killed-0'), isIn }).not.toEqual({ isRecorded: true, isIn: false });
    expect((await recordRun(env, 'next')).outcome).toBe('appended');
    const counted = [...earlier, 'next', ...(isQueued || isIn ? ['killed-0'] : [])];
    expect(aggregate(env, 'post-rollout')).toMatchObject({ total_runs: counted.length });
    expect(runsInHistory(env).toSorted()).toEqual(counted.toSorted());

    // As a resume does, or the copy of a line that a kill left in the queue.
    await recordRun(env, 'killed-0');
    const all = [...earlier, 'next', 'killed-0'];
    await expectCounted(env, all);
    expect(all.filter((runId) => !isRecorded(env, runId))).toEqual([]);
    return signal === 'SIGKILL';
  } finally {
    fs.rmSync(env.repoRoot, { recursive: true });
  }
}

/** A run that has ended, as it is on disk before its metrics are recorded. */
function storeRun(env: TaskEnvironment, runId: string): ReturnType<typeof finishedRun> {
  const run = finishedRun(env, runId);
  fs.writeFileSync(run.paths.manifestPath, jsonDocument(run.manifest));
  return run;
}

describe('a recorder killed before any of its operations loses nothing and counts nothing twice', () => {
  test.concurrent.each(SITUATIONS)('when it $what', { timeout: 90_000 }, async (situation) => {
    const kills = situation.places.map(async (place) => {
      let nth = 1;
      while (await killAndGoOn(situation, { ...place, nth, kill: 'before' })) nth += 1;
      return nth - 1;
    });
    const counts = await Promise.all(kills);
    expect(counts.reduce((a, b) => a + b)).toBeGreaterThanOrEqual(situation.least);
  });
});

describe('recorders killed at random moments', () => {
  const SEED = 939;
  const KILLS = 40;
  const LANES = 4;

  test('lose no run that was acknowledged and count none twice', { timeout: 90_000 }, async () => {
    const env = createTask();
    const random = seededRandom(SEED);
    const acknowledged: string[] = [];
    const killMany = async (lane: number): Promise<void> => {
      for (let kill = 0; kill < KILLS / LANES; kill += 1) {
        const [runs, pauseMs] = [Math.floor(random() * 3), random() * 25];
        const victim = recorder.start(env, { prefix: `lane-${lane}-${kill}`, runs: Infinity });
        victim.go();
        await victim.ready();
        // However fast the machine is: some are killed at their first run, some at a later one.
        await eventually(() => victim.recorded().length >= runs, { what: `${runs} recorded runs` });
        await delay(pauseMs);
        await victim.kill();
        acknowledged.push(...victim.recorded().map((line) => line.replace(/^\w+ /, '')));
        await assertIntact(env.outRoot, taskPaths(env).aggregatesDir, taskPaths(env).runsDir);
      }
    };
    try {
      await Promise.all(Array.from({ length: LANES }, (_, lane) => killMany(lane)));
      await recordRun(env, 'last');
      const known = runsInHistory(env);
      expect(acknowledged.length).toBeGreaterThan(KILLS / 4);
      expect(acknowledged.filter((runId) => !known.includes(runId))).toEqual([]);
      expect(acknowledged.filter((runId) => !isRecorded(env, runId))).toEqual([]);
      await expectCounted(env, known);
    } finally {
      fs.rmSync(env.repoRoot, { recursive: true });
    }
  });
});

/** Numbers from 0 to 1, the same for the same seed (a linear congruential generator, modulus 2^32). */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
