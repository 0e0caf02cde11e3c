import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeDirectory } from '../../src/storage/makeDirectory.ts';
import { mountSmallDisk } from '../faults/smallDisk.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'codex-folder-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('creates what is missing and says where it began', () => {
  expect(makeDirectory(path.join(folder, 'a/b/c'))).toBe(path.join(folder, 'a'));
  expect(existsSync(path.join(folder, 'a/b/c'))).toBe(true);
  expect(makeDirectory(path.join(folder, 'a/b/c'))).toBeUndefined();
});

it('names a file in the way', () => {
  writeFileSync(path.join(folder, 'file'), '');
  expect(() => makeDirectory(path.join(folder, 'file/a/b'))).toThrow('ENOTDIR');
});

it('names a file in its place', () => {
  const file = path.join(folder, 'file');
  writeFileSync(file, '');
  expect(() => makeDirectory(file)).toThrow('EEXIST');
});

it.runIf(existsSync('/proc/self'))('gives up where nothing can be created', () => {
  expect(() => makeDirectory('/proc/codex-test/a')).toThrow('ENOENT');
});

it('names a read-only file system, however many directories are missing', () => {
  const place = path.join(folder, 'disk');
  const disk = mountSmallDisk(place, '64k');
  disk?.remount('ro');
  try {
    // Where nothing can be mounted: a place that refuses everybody, each system for a reason of its own.
    const top = path.join(disk === null ? '/sys' : place, 'a');
    const refusal = disk === null ? /^E(ROFS|ACCES|PERM): / : /^EROFS: /;
    for (const missing of [top, path.join(top, 'b/c')]) {
      expect(() => makeDirectory(missing)).toThrow(refusal);
    }
  } finally {
    disk?.unmount();
  }
});
