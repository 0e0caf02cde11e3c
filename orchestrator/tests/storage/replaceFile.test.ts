import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { jsonDocument, replaceFile, replaceFileSync } from '../../src/storage/replaceFile.ts';
import { eventually } from '../support/eventually.ts';
import { buildChildren, type ChildStarter } from './children.ts';

const Round = z.object({ round: z.number(), end: z.number() });

let bundles: string;
let start: ChildStarter;
let dir: string;

beforeAll(async () => {
  bundles = fs.mkdtempSync(path.join(os.tmpdir(), 'replace-children-'));
  start = await buildChildren(bundles);
});
afterAll(() => fs.rmSync(bundles, { recursive: true }));
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'replace-'));
});
afterEach(() => {
  vi.restoreAllMocks();
  fs.rmSync(dir, { recursive: true });
});

const ways = [
  { way: 'async', replace: replaceFile },
  { way: 'sync', replace: async (...args: Parameters<typeof replaceFileSync>) => replaceFileSync(...args) },
];

describe.each(ways)('replaceFile ($way)', ({ way, replace }) => {
  test('creates missing parent directories and writes exactly what it was given', async () => {
    const target = path.join(dir, 'a/b/c/note.txt');
    await replace(target, 'grüße\nohne Ende');
    expect(fs.readFileSync(target, 'utf8')).toBe('grüße\nohne Ende');
    expect(fs.readdirSync(path.dirname(target))).toEqual(['note.txt']);
  });

  test('writes bytes as they are, also an empty document', async () => {
    const target = path.join(dir, 'bytes');
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    await replace(target, bytes);
    expect(new Uint8Array(fs.readFileSync(target))).toEqual(bytes);
    await replace(target, '', { durable: false });
    expect(fs.readFileSync(target, 'utf8')).toBe('');
  });

  test('keeps the mode of the file and follows a symbolic link', async () => {
    const real = path.join(dir, 'real');
    const link = path.join(dir, 'link');
    fs.writeFileSync(real, 'old', { mode: 0o600 });
    fs.symlinkSync('real', link);
    await replace(link, 'new');
    expect(fs.readFileSync(real, 'utf8')).toBe('new');
    expect(fs.statSync(real).mode & 0o777).toBe(0o600);
    expect(fs.lstatSync(link).isSymbolicLink()).toBe(true);
  });

  test('replaces a symbolic link that leads nowhere', async () => {
    const link = path.join(dir, 'link');
    fs.symlinkSync('nowhere', link);
    await replace(link, 'new');
    expect(fs.readFileSync(link, 'utf8')).toBe('new');
    expect(fs.readdirSync(dir)).toEqual(['link']);
  });

  test('passes on errors of the file system and leaves nothing behind', async () => {
    fs.writeFileSync(path.join(dir, 'file'), 'x');
    await expect(replace(path.join(dir, 'file/below'), 'y')).rejects.toMatchObject({ code: 'ENOTDIR' });
    fs.mkdirSync(path.join(dir, 'taken'));
    await expect(replace(path.join(dir, 'taken'), 'y')).rejects.toMatchObject({ code: 'EISDIR' });
    expect(fs.readdirSync(dir).toSorted()).toEqual(['file', 'taken']);
  });

  test('keeps the old document when only a part of the new one can be written', async () => {
    const target = path.join(dir, 'manifest.json');
    fs.writeFileSync(target, 'old');
    const child = start('replaceOnce', [target, way], { ulimitFileBlocks: 64 });
    expect(await child.line()).toBe('EFBIG');
    await child.ended;
    expect(fs.readFileSync(target, 'utf8')).toBe('old');
    expect(fs.readdirSync(dir)).toEqual(['manifest.json']);
  });

  test('never shows a reader a partial document, also when the writer is killed', async () => {
    const target = path.join(dir, 'manifest.json');
    const rounds = new Set<number>();
    for (let life = 0; life < 5; life += 1) {
      const child = start('replaceForever', [target, way]);
      await child.line();
      const seenBefore = rounds.size;
      await eventually(
        () => {
          for (let look = 0; look < 40; look += 1) {
            if (fs.existsSync(target)) rounds.add(life * 1e6 + completeRound(target));
          }
          return rounds.size >= seenBefore + 5;
        },
        { what: 'five different documents' },
      );
      await child.kill();
      expect(completeRound(target)).toBeGreaterThan(0);
    }
  });
});

/** The round of a complete document; throws for any other content. */
function completeRound(target: string): number {
  const text = fs.readFileSync(target, 'utf8');
  const document = Round.parse(JSON.parse(text));
  expect(document.end).toBe(document.round);
  expect(text.endsWith('}\n')).toBe(true);
  return document.round;
}

describe('replaceFile', () => {
  test('runs calls for one path in the order in which they were made', async () => {
    const target = path.join(dir, 'state.json');
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => replaceFile(target, `${index}`, { durable: false })),
    );
    expect(fs.readFileSync(target, 'utf8')).toBe('19');
  });
});

describe('replaceFileSync', () => {
  test('syncs the file, then its directory, and every directory it created', () => {
    const synced = watchSyncs();
    replaceFileSync(path.join(dir, 'one.json'), '1');
    expect(synced).toEqual(['file', dir]);

    synced.length = 0;
    replaceFileSync(path.join(dir, 'a/b/two.json'), '2');
    expect(synced).toEqual([path.join(dir, 'a'), dir, 'file', path.join(dir, 'a/b')]);

    synced.length = 0;
    replaceFileSync(path.join(dir, 'c/three.json'), '3', { durable: false });
    expect(synced).toEqual([]);
  });

  test('accepts a file system that cannot sync directories, but no failed sync', () => {
    const { fsyncSync } = fs;
    let code = 'EINVAL';
    vi.spyOn(fs, 'fsyncSync').mockImplementation((descriptor) => {
      if (!fs.fstatSync(descriptor).isDirectory()) return fsyncSync(descriptor);
      throw Object.assign(new Error(code), { code });
    });
    replaceFileSync(path.join(dir, 'x'), 'new');
    expect(fs.readFileSync(path.join(dir, 'x'), 'utf8')).toBe('new');
    code = 'EIO';
    expect(() => replaceFileSync(path.join(dir, 'x'), 'newer')).toThrow('EIO');
  });
});

describe('jsonDocument', () => {
  test('indents by two spaces and ends with one newline', () => {
    expect(jsonDocument({ a: [1, { b: null }] })).toBe(
      '{\n  "a": [\n    1,\n    {\n      "b": null\n    }\n  ]\n}\n',
    );
  });
});

/** What `fsyncSync` is called for from now on: `file`, or the path of a directory. */
function watchSyncs(): string[] {
  const synced: string[] = [];
  const { fsyncSync, openSync } = fs;
  const opened = new Map<number, string>();
  vi.spyOn(fs, 'openSync').mockImplementation((file, ...rest) => {
    const descriptor = openSync(file, ...rest);
    opened.set(descriptor, String(file));
    return descriptor;
  });
  vi.spyOn(fs, 'fsyncSync').mockImplementation((descriptor) => {
    synced.push(fs.fstatSync(descriptor).isDirectory() ? (opened.get(descriptor) ?? '?') : 'file');
    fsyncSync(descriptor);
  });
  return synced;
}
