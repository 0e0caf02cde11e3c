import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { emptyHistory, type HistoryState } from '../../../src/cli/metrics/aggregates/historyState.ts';
import { perEpochDocument } from '../../../src/cli/metrics/aggregates/perEpoch.ts';
import { foldNewLines } from '../../../src/cli/metrics/foldNewLines.ts';
import { historyJson, parseHistory } from '../../../src/cli/metrics/historyJson.ts';
import { rebuildHistory } from '../../../src/cli/metrics/rebuildHistory.ts';

/** A line about the end of a run; of each run the one with the latest end counts, in the place of its first one. */
interface End {
  run_id: string;
  completed_at: string;
  tool_stats: { tool: string }[];
}

/** What is known of a history: its state, and by hash where the lines of its runs are. */
interface Taken {
  state: HistoryState;
  places: Map<number, number[]>;
}

/** Few runs and tools, so that what was first is dropped often, and several times in a row. */
const end = fc.record({
  run_id: fc.constantFrom('a', 'b', 'c'),
  delay: fc.integer({ min: 0, max: 4 }),
  tool_stats: fc.shuffledSubarray([{ tool: 'x' }, { tool: 'y' }]),
});
/** Mostly a later line is about a later end. */
const batches = fc
  .array(fc.array(end, { minLength: 2, maxLength: 4 }), { minLength: 2, maxLength: 3 })
  .map((split) =>
    split.map((ends, batch) =>
      ends.map(({ delay, ...each }, at): End => {
        const day = 10 + batch * 4 + at + delay;
        return { ...each, completed_at: `2026-01-${day}T00:00:00Z` };
      }),
    ),
  );

it('of tools is the same however the history was split, and whatever resumed runs dropped', () => {
  const folder = fs.mkdtempSync(path.join(tmpdir(), 'tool-order-'));
  const file = path.join(folder, 'metrics.json');
  const writing = fs.openSync(file, 'w+');
  try {
    fc.assert(
      fc.property(batches, (split) => {
        fs.ftruncateSync(writing);
        let taken: Taken = { state: emptyHistory(), places: new Map() };
        for (const ends of split) {
          const covered = fs.fstatSync(writing).size;
          fs.appendFileSync(file, ends.map(lineOf).join(''));
          taken = grown(writing, covered, taken);
        }
        const expected = orderOf(split.flat());
        expect([toolsOf(taken), toolsOf(madeAnew(writing))]).toEqual([expected, expected]);
      }),
      { numRuns: 600 },
    );
  } finally {
    fs.closeSync(writing);
    fs.rmSync(folder, { recursive: true });
  }
});

function lineOf(each: End): string {
  const facts = { status: 'succeeded', recorded_at: '2026-01-01T00:00:00Z', tfgrpo_epoch: 1 };
  return `${JSON.stringify({ ...facts, ...each })}\n`;
}

function grown(descriptor: number, covered: number, { state: stored, places }: Taken): Taken {
  const state = parseHistory(historyJson(stored));
  const index = {
    offsets: (hash: number) => places.get(hash) ?? [],
    add: (records: readonly { hash: number; offset: number }[]) => {
      for (const { hash, offset } of records) places.set(hash, [...(places.get(hash) ?? []), offset]);
    },
  };
  const { size } = fs.fstatSync(descriptor);
  const isFolded = foldNewLines(descriptor, { covered, size }, state, index) !== null;
  return isFolded ? { state, places } : madeAnew(descriptor);
}

function madeAnew(descriptor: number): Taken {
  const places = new Map<number, number[]>();
  const index = {
    add: (hash: number, offset: number) => void places.set(hash, [...(places.get(hash) ?? []), offset]),
    repeated: () => [...places.values()].filter((offsets) => offsets.length > 1),
  };
  return { ...rebuildHistory(descriptor, fs.fstatSync(descriptor).size, index), places };
}

function toolsOf({ state }: Taken): string[] {
  return perEpochDocument(state.epochs, '')?.epochs[0]?.tools.map(({ tool }) => tool) ?? [];
}

/** What has to come out, found in the plainest way. */
function orderOf(ends: readonly End[]): string[] {
  const counting = new Map<string, End>();
  for (const each of ends) {
    const known = counting.get(each.run_id);
    if (known === undefined || each.completed_at > known.completed_at) counting.set(each.run_id, each);
  }
  return [...new Set([...counting.values()].flatMap(({ tool_stats }) => tool_stats.map(({ tool }) => tool)))];
}
