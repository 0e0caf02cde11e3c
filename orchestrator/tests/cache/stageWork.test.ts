import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { beginWork, workState } from '../../src/cache/stageWork.ts';
import { currentProcess } from '../../src/storage/processIdentity.ts';

let root: string;
let folder: string;
beforeEach(() => {
  root = fs.mkdtempSync(path.join(tmpdir(), 'codex-work-'));
  folder = path.join(root, 'stages', 'one.work');
});
afterEach(() => fs.rmSync(root, { recursive: true }));

function leaveMark(name: string, content: string, ageMs = 0): void {
  fs.mkdirSync(folder, { recursive: true });
  const file = path.join(folder, name);
  fs.writeFileSync(file, content);
  const time = new Date(Date.now() - ageMs);
  fs.utimesSync(file, time, time);
}

const DEAD = JSON.stringify({ ...currentProcess(), process_start: '0', boot_id: 'another boot' });
const OUTLIVED = JSON.stringify({ ...JSON.parse(DEAD), command: currentProcess() });
const ELSEWHERE = JSON.stringify({ ...currentProcess(), host: 'elsewhere' });
const HOUR_MS = 3_600_000;

describe('work at the outputs of a stage', () => {
  it('leaves nothing when it was alone and its result is known', async () => {
    expect(await workState(folder)).toBe('none');
    const work = await beginWork(folder);
    expect(await workState(folder)).toBe('under-way');
    await work.end(true);
    expect(await workState(folder)).toBe('none');
  });

  it('is remembered when its result is not known, until the next one, and once', async () => {
    for (const _again of [1, 2]) await (await beginWork(folder)).end(false);
    expect(await workState(folder)).toBe('left');
    expect(fs.readdirSync(folder)).toHaveLength(1);
    const next = await beginWork(folder);
    expect(await next.isAlone()).toBe(true);
    await next.end(true);
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  it.each([
    ['ends before', true],
    ['outlasts', false],
  ])('is not alone for two of whom the later one %s the other', async (_how, isFirst) => {
    const [one, two] = [await beginWork(folder), await beginWork(folder)];
    const [first, last] = isFirst ? [two, one] : [one, two];
    expect(await first.isAlone()).toBe(false);
    await first.end(true);
    expect(await last.isAlone()).toBe(false);
    await last.end(true);
    expect(await workState(folder)).toBe('left');
  });

  it('is not disturbed by restores of the same result while it is one', async () => {
    const [one, same] = [await beginWork(folder, 'key'), await beginWork(folder, 'key')];
    expect([await one.isAlone(), await workState(folder, 'key')]).toEqual([true, 'none']);
    await same.end(true);
    expect([await one.isAlone(), await workState(folder, 'other')]).toEqual([true, 'under-way']);
    const other = await beginWork(folder, 'other');
    expect([await one.isAlone(), await other.isAlone()]).toEqual([false, false]);
  });

  it.each([
    ['a process that is dead', DEAD, 0, 'left'],
    ['a process that is dead, and whose command is not', OUTLIVED, 0, 'under-way'],
    ['a process that cannot be seen from here', ELSEWHERE, 0, 'under-way'],
    ['one that was not heard of for an hour', ELSEWHERE, HOUR_MS + 1_000, 'left'],
    ['nobody knows whom', '', 0, 'under-way'],
  ])('that is of %s', async (_whose, content, ageMs, state) => {
    leaveMark('mark', content, ageMs);
    expect(await workState(folder)).toBe(state);
    expect(await (await beginWork(folder)).isAlone()).toBe(state === 'left');
  });

  it('has not begun while its mark is being written', async () => {
    leaveMark('mark.new', '');
    expect(await workState(folder)).toBe('none');
  });
});
