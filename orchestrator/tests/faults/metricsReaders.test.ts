import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import * as z from 'zod';
import { addEntry, emptyHistory } from '../../src/cli/metrics/aggregates/historyState.ts';
import { writeAggregates } from '../../src/cli/metrics/aggregates/writeAggregates.ts';
import type { StoredEntry } from '../../src/cli/metrics/storedEntry.ts';
import type { TaskEnvironment } from '../../src/run/paths.ts';
import { type Child, startChild } from '../storage/children.ts';
import { aggregatePath, createTask } from '../support/metricsHistory.ts';

const POLLER = fileURLToPath(new URL('../fixtures/pollDocuments.mjs', import.meta.url));
const SEEN = z.object({ reads: z.number(), versions: z.array(z.number()), problems: z.array(z.string()) });

const REPLACED = ['post-rollout', 'completeness', 'per-epoch', 'mttr-delta', 'state'];
const UPDATES = 1000;

let env: TaskEnvironment;
let reader: Child | undefined;
beforeEach(() => {
  env = createTask();
});
afterEach(async () => {
  await reader?.kill();
  fs.rmSync(env.repoRoot, { recursive: true });
});

/** What an entry needs to hold for one of the aggregates to say something else; all of them count runs. */
const CHANGES = [
  (update: number) => ({ tfgrpo_epoch: 1, token_total: update }),
  (update: number) => ({ duration_seconds: update }),
  () => ({ learning_validation_status: 'validated' }),
];

/** Mostly an entry changes two of the aggregates: replacing all of them each time takes too long. */
function entryOfUpdate(update: number): StoredEntry {
  return {
    run_id: `run-${update}`,
    status: 'succeeded',
    recorded_at: '2026-01-01T00:00:00.000Z',
    control_plane_status: 'passed',
    instance_stats: [{}],
    privacy_events: update < UPDATES * 0.8 ? [{}] : [],
    ...CHANGES[update % CHANGES.length]?.(update),
  };
}

test('readers at full speed never meet an aggregate that is partial, missing or no JSON', {
  timeout: 90_000,
}, async () => {
  const history = emptyHistory();
  for (let update = 0; update < CHANGES.length; update += 1) addEntry(history, entryOfUpdate(update), update);
  await writeAggregates(env, history);
  const files = ['baseline', ...REPLACED].map((name) => aggregatePath(env, name));
  reader = startChild([process.execPath, POLLER, ...files]);
  expect(await reader.line()).toBe('reading');
  for (let update = CHANGES.length; update < UPDATES; update += 1) {
    addEntry(history, entryOfUpdate(update), update);
    await writeAggregates(env, history);
  }
  reader.send('stop');

  const { reads, versions, problems } = SEEN.parse(JSON.parse(await reader.line()));
  expect(problems).toEqual([]);
  expect(versions[0]).toBe(1);
  // It was there while they changed, each of them.
  expect(Math.min(...versions.slice(1))).toBeGreaterThan(10);
  expect(reads).toBeGreaterThan(UPDATES);
});
