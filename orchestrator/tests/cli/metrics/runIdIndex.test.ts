import fs from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HASH_BITS, runIdHash } from '../../../src/cli/metrics/runIdHash.ts';
import { createRunIdIndex, openRunIdIndex, type RunIdIndex } from '../../../src/cli/metrics/runIdIndex.ts';

let folder: string;
let directory: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'run-ids-'));
  directory = path.join(folder, 'index');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const hashes = (count: number) => Array.from({ length: count }, (_, at) => runIdHash(`run-${at}`));

/** A sample of them, each recorded once with its position. */
function expectFound(index: RunIdIndex, all: readonly number[]): void {
  const sample = all.map((hash, offset) => ({ hash, offset })).filter(({ offset }) => offset % 97 === 0);
  expect(sample.map(({ hash }) => index.offsets(hash))).toEqual(sample.map(({ offset }) => [offset]));
}

describe('the hash of a run id', () => {
  it('fits a double and spreads', () => {
    const all = hashes(100_000);
    expect(all.every((hash) => Number.isSafeInteger(hash) && hash >= 0 && hash < 2 ** HASH_BITS)).toBe(true);
    expect(new Set(all).size).toBe(all.length);
    const upper = all.filter((hash) => hash >= 2 ** (HASH_BITS - 1)).length;
    expect(upper).toBeGreaterThan(49_000);
    expect(upper).toBeLessThan(51_000);
  });
});

describe('the index of run ids', () => {
  it('finds what it was told, in this order, also when it is opened again', () => {
    openRunIdIndex(directory).add([
      { hash: 5, offset: 100 },
      { hash: 6, offset: 200 },
      { hash: 5, offset: 50 },
    ]);
    const index = openRunIdIndex(directory);
    expect(index.offsets(5)).toEqual([100, 50]);
    expect(index.offsets(6)).toEqual([200]);
    expect(index.offsets(7)).toEqual([]);
  });

  it('makes no folder before there is something to record', () => {
    const index = openRunIdIndex(directory);
    expect([index.size(), index.offsets(5), [...index.repeated()]]).toEqual([0, [], []]);
    index.add([]);
    expect(fs.existsSync(directory)).toBe(false);
  });

  it('splits what grows too large, and finds all of it', () => {
    const index = openRunIdIndex(directory);
    const all = hashes(20_000);
    for (let from = 0; from < all.length; from += 1000) {
      index.add(all.slice(from, from + 1000).map((hash, at) => ({ hash, offset: from + at })));
    }
    const shards = fs.readdirSync(directory);
    expect(shards.length).toBeGreaterThan(4);
    expect(Math.max(...shards.map((name) => fs.statSync(path.join(directory, name)).size))).toBeLessThan(
      100_000,
    );
    const again = openRunIdIndex(directory);
    expectFound(again, all);
  });

  it('made for many records at once is like one that grew', () => {
    const all = hashes(10_000);
    const made = createRunIdIndex(directory, all.length);
    for (const [offset, hash] of all.entries()) made.add(hash, offset);
    made.finish();
    const index = openRunIdIndex(directory);
    expectFound(index, all);
    expect([...index.repeated()]).toEqual([]);
    index.add([{ hash: all[7] ?? 0, offset: 20_000 }]);
    expect([...index.repeated()]).toEqual([[7, 20_000]]);
  });

  it('cuts off a record that a kill left torn', () => {
    openRunIdIndex(directory).add([{ hash: 5, offset: 100 }]);
    fs.appendFileSync(path.join(directory, 'all'), Buffer.alloc(9, 1));
    const index = openRunIdIndex(directory);
    index.add([{ hash: 6, offset: 200 }]);
    expect(index.offsets(5)).toEqual([100]);
    expect(index.offsets(6)).toEqual([200]);
    expect(fs.statSync(path.join(directory, 'all')).size).toBe(32);
  });

  it('goes on with a split that was interrupted', () => {
    const all = hashes(4096);
    const whole = openRunIdIndex(directory);
    whole.add(all.map((hash, offset) => ({ hash, offset })));
    const before = fs.readFileSync(path.join(directory, 'all'));
    const one = runIdHash('one more');
    whole.add([{ hash: one, offset: 5000 }]);
    // Killed between its two renames: one half is there, and has got a record since; the whole is still there.
    const [half, other] = one < 2 ** (HASH_BITS - 1) ? ['0', '1'] : ['1', '0'];
    fs.rmSync(path.join(directory, other ?? ''));
    fs.writeFileSync(path.join(directory, 'all'), before);
    expect(fs.existsSync(path.join(directory, half ?? ''))).toBe(true);
    const index = openRunIdIndex(directory);
    expect(index.offsets(one)).toEqual([5000]);
    expectFound(index, all);
  });
});
