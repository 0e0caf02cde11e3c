import { existsSync, writeSync, openSync, closeSync } from 'node:fs';
import { mkdtemp, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { copyContent } from '../../../src/cache/store/copyContent.ts';
import { keyOf } from './cacheRig.ts';

let folder: string;
let source: string;
let target: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'codex-copy-'));
  source = path.join(folder, 'source');
  target = path.join(folder, 'target');
});
afterEach(() => rm(folder, { recursive: true }));

it('copies a file and tells what the copy holds', async () => {
  await writeFile(source, 'content', { mode: 0o640 });
  expect(await copyContent(source, target, 'it')).toEqual({ mode: 0o640, size: 7, sha256: keyOf('content') });
  expect(await readFile(target, 'utf8')).toBe('content');
});

it('notices that one byte is written over while it copies', async () => {
  await writeFile(source, Buffer.alloc(1024 * 1024));
  await utimes(source, 1_000_000, 1_000_000);
  const writer = openSync(source, 'r+');
  // Once the copy has begun, what the file looked like before is known.
  const writeOnce = (): unknown =>
    existsSync(target) ? writeSync(writer, 'x', 10) : setImmediate(writeOnce);
  writeOnce();
  await expect(copyContent(source, target, 'it')).rejects.toThrow('"it" changed while it was copied');
  closeSync(writer);
});

it('refuses what is no file, or none any more', async () => {
  await symlink('nowhere', source);
  for (const file of [source, path.join(folder, 'missing'), path.join(source, 'below'), folder]) {
    await expect(copyContent(file, target, 'it')).rejects.toThrow('"it" vanished while outputs were copied');
  }
});

it('leaves trouble with the copy as it is', async () => {
  await writeFile(source, '');
  await expect(copyContent(source, path.join(folder, 'no/target'), 'it')).rejects.toMatchObject({
    code: 'ENOENT',
  });
});
