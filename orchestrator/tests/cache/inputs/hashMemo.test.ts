import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openHashMemo } from '../../../src/cache/inputs/hashMemo.ts';
import { snapshotInputs } from '../../../src/cache/inputs/snapshotInputs.ts';
import { makeInputsRig, type InputsRig } from './inputsRig.ts';

let rig: InputsRig;
beforeEach(() => {
  rig = makeInputsRig({ isRepository: false });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  rig.cleanup();
});

const HOUR_MS = 3_600_000;
const setClock = (now: number): void => {
  vi.useFakeTimers({ toFake: ['Date'], now });
};

/** Looks, saves, and tells how many files were read. */
async function filesRead(...patterns: string[]): Promise<number> {
  const memo = openHashMemo(rig.memoFile);
  const opened = vi.spyOn(fs, 'openSync');
  await snapshotInputs({ repoRoot: rig.root, patterns, memo });
  const count = opened.mock.calls.length;
  opened.mockRestore();
  await memo.save();
  return count;
}

it('reads again only what has changed', async () => {
  for (const file of ['a', 'sub/b', 'sub/c']) rig.write(file);
  await rig.settle();
  expect(await filesRead('**')).toBe(3);
  expect(await filesRead('**')).toBe(0);
  fs.renameSync(path.join(rig.root, 'a'), path.join(rig.root, 'd'));
  rig.write('sub/c', 'other');
  rig.write('sub/e');
  await rig.settle();
  expect(await filesRead('**')).toBe(3);
  expect(await filesRead('**')).toBe(0);
  expect(await filesRead('sub/*')).toBe(0);
});

it('notices an edit within the same moment that leaves size and time as they were', async () => {
  const file = path.join(rig.root, 'a');
  const digests: string[] = [];
  for (let round = 0; round < 20; round += 1) {
    fs.writeFileSync(file, `${round % 2}`);
    fs.utimesSync(file, 1_000_000_000, 1_000_000_000);
    digests.push((await rig.look(['a'])).digest);
  }
  expect(new Set(digests).size).toBe(2);
  expect(digests.every((digest, round) => digest === digests[round % 2])).toBe(true);
});

it('notices an edit that leaves size and time as they were, later too', async () => {
  const file = path.join(rig.root, 'a');
  rig.write('a', '1');
  fs.utimesSync(file, 1_000_000_000.5, 1_000_000_000.5);
  await rig.settle();
  const { digest } = await rig.look(['a']);
  expect((await rig.look(['a'])).digest).toBe(digest);
  fs.writeFileSync(file, '2');
  fs.utimesSync(file, 1_000_000_000.5, 1_000_000_000.5);
  await rig.settle();
  expect((await rig.look(['a'])).digest).not.toBe(digest);
});

it('believes nothing that was written later than now', async () => {
  rig.write('a');
  setClock(Date.now() + HOUR_MS);
  await filesRead('**');
  expect(openHashMemo(rig.memoFile).folder('')?.names).toEqual(['a']);
  vi.useRealTimers();
  expect(openHashMemo(rig.memoFile).folder('')).toBeUndefined();
});

it('remembers nothing of files from the future', async () => {
  rig.write('a');
  setClock(Date.now() - HOUR_MS);
  expect(await filesRead('**')).toBe(1);
  expect(await filesRead('**')).toBe(1);
});

it('writes only when there is something new', async () => {
  rig.write('a');
  await rig.settle();
  await rig.look(['**']);
  const { ino } = fs.statSync(rig.memoFile);
  await rig.look(['**']);
  expect(fs.statSync(rig.memoFile).ino).toBe(ino);
  rig.write('a', 'other');
  await rig.settle();
  await rig.look(['**']);
  expect(fs.statSync(rig.memoFile).ino).not.toBe(ino);
});

it('begins anew when its file is damaged', async () => {
  rig.write('é/a', 'text');
  await rig.settle();
  const { digest } = await rig.look(['**']);
  const whole = fs.readFileSync(rig.memoFile);
  const flipped = Buffer.from(whole);
  flipped.writeUInt8(whole.readUInt8(whole.length - 70) ^ 1, whole.length - 70);
  for (const bytes of [
    flipped,
    whole.subarray(0, -1),
    whole.subarray(0, 5),
    Buffer.from('\n'),
    Buffer.alloc(0),
  ]) {
    fs.writeFileSync(rig.memoFile, bytes);
    expect(openHashMemo(rig.memoFile).folder('é')).toBeUndefined();
    expect((await rig.look(['**'])).digest).toBe(digest);
    expect(openHashMemo(rig.memoFile).folder('é')?.names).toEqual(['a']);
  }
});

it('drops folders that nobody asked for in 30 days', async () => {
  for (const file of ['old/a', 'new/b']) rig.write(file);
  const now = Date.now();
  setClock(now + HOUR_MS);
  await rig.look(['**']);
  setClock(now + 31 * 24 * HOUR_MS);
  await rig.look(['new/**']);
  const memo = openHashMemo(rig.memoFile);
  expect([memo.folder('old'), memo.folder('new')?.names]).toEqual([undefined, ['b']]);
});
