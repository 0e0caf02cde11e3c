import { existsSync } from 'node:fs';
import { appendFile, mkdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clearCache } from '../../../src/cache/store/clearCache.ts';
import { storeLayout } from '../../../src/cache/store/layout.ts';
import { listEntries, showEntry } from '../../../src/cache/store/listEntries.ts';
import { pruneCache } from '../../../src/cache/store/pruneCache.ts';
import { keyOf, makeCacheRig, treeOf, type CacheRig } from './cacheRig.ts';

const DAY_MS = 86_400_000;
const NOTHING = { scanned: false, removed: 0, freedBytes: 0 };
const ALL = { maxBytes: Number.MAX_SAFE_INTEGER, maxAgeMs: 30 * DAY_MS };

let rig: CacheRig;

beforeEach(async () => {
  rig = await makeCacheRig();
});
afterEach(() => rig.cleanup());

/** Stores so many bytes, last used some time ago. */
async function store(word: string, bytes: number, agoMs = 0): Promise<void> {
  await rig.write('dist/a', word.repeat(bytes).slice(0, bytes));
  await rig.store(keyOf(word));
  await use(word, agoMs);
}

async function use(word: string, agoMs: number): Promise<void> {
  const seconds = (Date.now() - agoMs) / 1000;
  await utimes(path.join(rig.entryFolder(keyOf(word)), 'entry.json'), seconds, seconds);
}

/** The words of what is left, that used last first. */
async function left(words: string): Promise<string[]> {
  const listed = await listEntries(rig.cacheDir);
  return listed.map(({ key }) => words.split(' ').find((word) => keyOf(word) === key) ?? key);
}

describe('pruning', () => {
  it('begins with what was used least recently and ends with a tenth of the room free', async () => {
    for (const [at, word] of ['a', 'b', 'c', 'd', 'e'].entries()) await store(word, 100, (5 - at) * 1000);
    await use('a', 0);
    const caps = { ...ALL, maxBytes: 499 };
    expect(await pruneCache(rig.cacheDir, caps)).toEqual({ scanned: true, removed: 1, freedBytes: 100 });
    expect(await left('a b c d e')).toEqual(['a', 'e', 'd', 'c']);
    expect(await pruneCache(rig.cacheDir, { ...ALL, maxBytes: 399 })).toMatchObject({ removed: 1 });
    expect(await left('a b c d e')).toEqual(['a', 'e', 'd']);
    expect(await rig.litter()).toEqual([]);
  });

  it('removes what was not used for too long, and what is damaged', async () => {
    await store('old', 10, 31 * DAY_MS);
    await store('young', 10, 29 * DAY_MS);
    await store('damaged', 10);
    await writeFile(path.join(rig.entryFolder(keyOf('damaged')), 'entry.json'), '{}');
    expect(await pruneCache(rig.cacheDir)).toMatchObject({ scanned: true, removed: 2 });
    expect(await left('old young damaged')).toEqual(['young']);
  });

  it('takes a time to come, which a clock set back leaves, for now', async () => {
    await store('tomorrow', 100, -DAY_MS);
    await store('now', 100);
    const [first] = await listEntries(rig.cacheDir);
    expect(first?.lastUsedAt).toBeLessThanOrEqual(Date.now());
    expect(await pruneCache(rig.cacheDir, ALL)).toMatchObject({ removed: 0 });
  });

  it('removes what is kept about checkouts that nobody has worked in for as long', async () => {
    await rig.store(keyOf('a'));
    const { hashes, stages } = storeLayout(rig.cacheDir);
    for (const folder of [hashes, stages]) {
      await mkdir(folder, { recursive: true });
      await writeFile(path.join(folder, 'old'), '');
      await utimes(path.join(folder, 'old'), 1_000_000, 1_000_000);
      await writeFile(path.join(folder, 'new'), '');
    }
    await mkdir(path.join(stages, 'old.work'));
    await mkdir(path.join(stages, 'unfinished.work'));
    await writeFile(path.join(stages, 'unfinished.work', 'mark'), '');
    for (const name of ['old.work', 'unfinished.work']) {
      await utimes(path.join(stages, name), 1_000_000, 1_000_000);
    }
    await pruneCache(rig.cacheDir, { maxBytes: 1_000_000, maxAgeMs: 60_000 }, { force: true });
    expect(Object.keys(await treeOf(hashes))).toEqual(['new']);
    expect(Object.keys(await treeOf(stages))).toEqual(['new', 'unfinished.work/mark']);
  });

  it('leaves alone whatever is not its own', async () => {
    await store('a', 10);
    const { entries, scratch } = storeLayout(rig.cacheDir);
    const foreign = [
      path.join(rig.cacheDir, 'README'),
      path.join(rig.cacheDir, 'v1/hashes/repo.bin'),
      path.join(entries, 'notes'),
      path.join(entries, 'zz', keyOf('a'), 'x'),
      path.join(entries, keyOf('a').slice(0, 2), 'backup of an entry', 'entry.json'),
      path.join(scratch, 'mine'),
    ];
    for (const file of foreign) {
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, '');
      await utimes(file, 1_000_000, 1_000_000);
    }
    expect(await clearCache(rig.cacheDir)).toEqual({ scanned: true, removed: 1, freedBytes: 10 });
    const kept = Object.keys(await treeOf(rig.cacheDir)).map((file) => path.join(rig.cacheDir, file));
    expect(kept.toSorted()).toEqual([...foreign, storeLayout(rig.cacheDir).usage].toSorted());
  });
});

describe('looking at all entries', () => {
  it('waits until it is due', async () => {
    await store('a', 100);
    expect(await pruneCache(rig.cacheDir, ALL)).toMatchObject({ scanned: true });
    await store('b', 100);
    expect(await pruneCache(rig.cacheDir, ALL)).toEqual(NOTHING);
    expect(await pruneCache(rig.cacheDir, { ...ALL, maxBytes: 200 })).toEqual(NOTHING);
    // What was stored after the scan counts.
    expect(await pruneCache(rig.cacheDir, { ...ALL, maxBytes: 199 })).toMatchObject({ removed: 1 });
    expect(await left('a b')).toEqual(['b']);
  });

  it.each([
    ['a day after the last', `{"bytes":1,"scannedAt":${Date.now() - DAY_MS - 1000},"oldestUse":null}`],
    ['when the last is still to come', `{"bytes":1,"scannedAt":${Date.now() + 2 * DAY_MS},"oldestUse":null}`],
    ['when one is too old', `{"bytes":1,"scannedAt":${Date.now()},"oldestUse":${Date.now() - 31 * DAY_MS}}`],
    ['when nothing is known', ''],
    ['when what is known is damaged', '{"bytes":"1"}'],
    ['when a line of what is known is torn', `{"bytes":1,"scannedAt":${Date.now()},"oldestUse":null}\n{"ad`],
  ])('is due %s', async (_, usage) => {
    await store('a', 10);
    await writeFile(storeLayout(rig.cacheDir).usage, usage);
    expect(await pruneCache(rig.cacheDir)).toMatchObject({ scanned: true });
    expect(await pruneCache(rig.cacheDir)).toEqual(NOTHING);
  });

  it('is due when the notes of what was added have become long, and shortens them', async () => {
    await store('a', 10);
    await pruneCache(rig.cacheDir);
    const { usage } = storeLayout(rig.cacheDir);
    await appendFile(usage, '{"added":1}\n'.repeat(6000));
    expect(await pruneCache(rig.cacheDir)).toMatchObject({ scanned: true });
    expect((await stat(usage)).size).toBeLessThan(200);
  });

  it('finds nothing in a cache that was never used, and makes none', async () => {
    expect(await listEntries(rig.cacheDir)).toEqual([]);
    expect(await pruneCache(rig.cacheDir)).toEqual({ ...NOTHING, scanned: true });
    expect(existsSync(rig.cacheDir)).toBe(false);
  });
});

it('shows the entries whose keys begin in a way', async () => {
  await store('a', 10);
  await store('b', 20);
  const shown = await showEntry(rig.cacheDir, keyOf('b').slice(0, 8).toUpperCase());
  expect(shown).toMatchObject([{ key: keyOf('b'), bytes: 20, damage: '', entry: { stage_id: 'build' } }]);
  expect((await showEntry(rig.cacheDir, '')).map(({ key }) => key)).toEqual(
    [keyOf('a'), keyOf('b')].toSorted(),
  );
  expect(await showEntry(rig.cacheDir, '../')).toEqual([]);
  await rm(path.join(rig.entryFolder(keyOf('a')), 'files'), { recursive: true });
  expect(await showEntry(rig.cacheDir, keyOf('a'))).toMatchObject([
    { entry: null, damage: 'it is not whole' },
  ]);
  expect(await readFile(path.join(rig.entryFolder(keyOf('b')), 'entry.json'), 'utf8')).toContain(
    '"summary":"built"',
  );
});
