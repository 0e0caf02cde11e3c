import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sweepTempFiles } from '../../src/storage/sweepTempFiles.ts';
import { buildChildren, type ChildStarter } from './children.ts';

let bundles: string;
let start: ChildStarter;
let dir: string;
let target: string;

beforeAll(async () => {
  bundles = fs.mkdtempSync(path.join(os.tmpdir(), 'sweep-children-'));
  start = await buildChildren(bundles);
});
afterAll(() => fs.rmSync(bundles, { recursive: true }));
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sweep-'));
  target = path.join(dir, 'manifest.json');
});
afterEach(() => fs.rmSync(dir, { recursive: true }));

describe('sweepTempFiles', () => {
  test('removes what a writer killed before its rename left behind', async () => {
    fs.writeFileSync(target, 'old');
    const child = start('replaceOnce', [target, 'sync', 'die']);
    expect((await child.ended).signal).toBe('SIGKILL');
    expect(fs.readdirSync(dir)).toHaveLength(2);

    expect(await sweepTempFiles(target, { olderThanMs: 0 })).toBe(1);
    expect(fs.readdirSync(dir)).toEqual(['manifest.json']);
    expect(fs.readFileSync(target, 'utf8')).toBe('old');
  });

  test('keeps what is not a temporary file of this path', async () => {
    const others = [
      'manifest.json',
      'manifest.json.bak',
      'manifest.json.12.txt',
      'manifestXjson.1',
      'other.json.1',
    ];
    for (const name of others) fs.writeFileSync(path.join(dir, name), '');
    fs.mkdirSync(path.join(dir, 'manifest.json.7'));
    expect(await sweepTempFiles(target, { olderThanMs: 0 })).toBe(0);
    expect(fs.readdirSync(dir).toSorted()).toEqual([...others, 'manifest.json.7'].toSorted());
  });

  test('leaves a temporary file to a writer that may still live', async () => {
    const fresh = `${target}.111`;
    const old = `${target}.222`;
    fs.writeFileSync(fresh, '');
    fs.writeFileSync(old, '');
    const elevenMinutesAgo = Date.now() / 1000 - 660;
    fs.utimesSync(old, elevenMinutesAgo, elevenMinutesAgo);
    expect(await sweepTempFiles(target)).toBe(1);
    expect(fs.readdirSync(dir)).toEqual(['manifest.json.111']);
  });

  test('finds nothing in a missing directory', async () => {
    expect(await sweepTempFiles(path.join(dir, 'missing/manifest.json'))).toBe(0);
  });
});
