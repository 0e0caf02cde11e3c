import { randomBytes } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import {
  chmod,
  lstat,
  mkdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findEntry } from '../../../src/cache/store/findEntry.ts';
import { restoreEntry } from '../../../src/cache/store/restoreEntry.ts';
import { ABOUT, keyOf, makeCacheRig, treeOf, type CacheRig } from './cacheRig.ts';

let rig: CacheRig;

beforeEach(async () => {
  rig = await makeCacheRig();
});
afterEach(() => rig.cleanup());

const KEY = keyOf('build');

describe('what was stored', () => {
  it('comes back with all its bytes, modes, links, empty folders and names', async () => {
    await rig.write('dist/a.js', 'a');
    await rig.write('dist/run.sh', '#!/bin/sh', 0o750);
    await rig.write('dist/secret', 's', 0o600);
    await rig.write('dist/read-only', 'r', 0o444);
    await rig.write('dist/.hidden/empty', '');
    await rig.write('dist/größe 語.txt', 'ü');
    await rig.write('dist/two\nlines/back\\slash [1].txt', 'odd');
    await rig.write('dist/large.bin', randomBytes(3 * 1024 * 1024 + 1));
    await rig.write(`dist/${'n'.repeat(255)}`, 'longest name');
    await rig.link('dist/to-file', 'a.js');
    await rig.link('dist/to-folder', '.hidden');
    await rig.link('dist/dangling', '/nowhere/at all');
    await rig.folder('dist/empty', 0o711);
    await rig.folder('dist/two\nlines/empty');
    const tree = await treeOf(rig.repo);
    expect(await rig.store(KEY)).toMatchObject({ kind: 'stored', outputs: 14, unmatched: [] });

    await rig.empty();
    expect(await rig.restore(KEY)).toEqual({ written: 14, unchanged: 0 });
    expect(await treeOf(rig.repo)).toEqual(tree);
    expect(await rig.litter()).toEqual([]);
  });

  it('may be a link to a folder whose files are outputs, too', async () => {
    await rig.write('releases/1/a', 'a');
    await rig.link('current', 'releases/1');
    expect(await rig.store(KEY, { outputs: ['current', 'releases'] })).toMatchObject({ outputs: 2 });
  });

  it('is the same for a second checkout', async () => {
    await rig.write('dist/a.js', 'a');
    await rig.store(KEY);
    const other = path.join(rig.root, 'other');
    await mkdir(other);
    await restoreEntry(await rig.find(KEY), other);
    expect(await treeOf(other)).toEqual({ 'dist/a.js': '644 a' });
    await writeFile(path.join(other, 'dist/a.js'), 'changed here');
    await rig.empty();
    await rig.restore(KEY);
    expect(await treeOf(rig.repo)).toEqual({ 'dist/a.js': '644 a' });
  });

  it('carries the log and where it comes from', async () => {
    const log = path.join(rig.root, '01-build.ndjson');
    await writeFile(log, '{"type":"exec:end"}\n');
    await rig.write('dist/a.js', 'a');
    await rig.store(KEY, { logPath: log });
    const { entry, logPath } = await rig.find(KEY);
    expect(entry).toMatchObject({ ...ABOUT, key: KEY, version: 1, bytes: 21, log: { size: 20 } });
    expect(await readFile(logPath ?? '', 'utf8')).toBe('{"type":"exec:end"}\n');
  });

  it('may be nothing at all', async () => {
    expect(await rig.store(KEY, { outputs: [] })).toMatchObject({ kind: 'stored', outputs: 0, bytes: 0 });
    expect(await rig.restore(KEY)).toEqual({ written: 0, unchanged: 0 });
  });

  it('leaves out exceptions, git, the cache and excluded folders, and tells which globs match nothing', async () => {
    for (const file of ['a.js', 'a.map', '.git/config', '.runs/log', 'src/b.ts']) await rig.write(file, '');
    const outputs = ['**', '!*.map', 'lib/*.js', '!src'];
    const cacheDir = path.join(rig.repo, '.runs');
    expect(await rig.store(KEY, { outputs, exclude: [cacheDir] })).toMatchObject({ unmatched: ['lib/*.js'] });
    expect((await rig.find(KEY)).entry.outputs.map((each) => each.path)).toEqual(['a.js']);
  });

  it('stays when the key is stored again, and nothing of the second is left', async () => {
    await rig.write('dist/a.js', 'first');
    await rig.store(KEY);
    await rig.write('dist/a.js', 'second');
    expect(await rig.store(KEY)).toEqual({ kind: 'present' });
    await rig.restore(KEY);
    expect(await treeOf(rig.repo)).toEqual({ 'dist/a.js': '644 first' });
    expect(await rig.litter()).toEqual([]);
  });
});

describe('outputs in the repository', () => {
  it('are left alone when they are right already', async () => {
    await rig.write('dist/a.js', 'a');
    await rig.write('dist/b.js', 'b');
    await rig.link('dist/link', 'a.js');
    await rig.folder('dist/empty');
    await rig.store(KEY);
    const before = await lstat(path.join(rig.repo, 'dist/a.js'));
    await rig.write('dist/b.js', 'B');
    expect(await rig.restore(KEY)).toEqual({ written: 1, unchanged: 3 });
    expect(await lstat(path.join(rig.repo, 'dist/a.js'))).toEqual(before);
  });

  it('are replaced, whatever they have become, and others are not touched', async () => {
    await rig.write('dist/a', 'a');
    await rig.write('dist/b', 'b');
    await rig.link('dist/link', 'a');
    await rig.folder('dist/empty');
    await rig.write('dist/mode', 'm', 0o755);
    const tree = await treeOf(rig.repo);
    await rig.store(KEY);

    const at = (name: string) => path.join(rig.repo, 'dist', name);
    await rig.write('kept', 'k');
    await rig.write('dist/stale', 's');
    for (const name of ['a', 'link']) await rm(at(name));
    await symlink('../kept', at('a'));
    await writeFile(at('link'), 'a file');
    await writeFile(at('b'), 'B');
    await chmod(at('empty'), 0o700);
    await chmod(at('mode'), 0o644);
    expect(await rig.restore(KEY)).toEqual({ written: 5, unchanged: 0 });
    expect(await treeOf(rig.repo)).toEqual({ ...tree, kept: '644 k', 'dist/stale': '644 s' });
  });

  it('are separate files from those in the cache', async () => {
    await rig.write('dist/a', 'a');
    await rig.store(KEY);
    await rig.empty();
    await rig.restore(KEY);
    const file = path.join(rig.repo, 'dist/a');
    expect((await stat(file)).nlink).toBe(1);
    await writeFile(file, 'b');
    await rig.restore(KEY);
    expect(await readFile(file, 'utf8')).toBe('a');
  });

  it('are not read when their hashes are known, and those of new ones become known', async () => {
    await rig.write('dist/a', 'a');
    await rig.write('dist/b', 'b');
    await rig.store(KEY);
    await rm(path.join(rig.repo, 'dist/b'));
    const asked: string[] = [];
    const learned: Record<string, string> = {};
    const found = await rig.find(KEY);
    const known = {
      hashOf(file: string) {
        asked.push(file);
        return keyOf('a');
      },
      remember(file: string, _stats: unknown, hash: string) {
        learned[file] = hash;
      },
    };
    expect(await restoreEntry(found, rig.repo, { known })).toEqual({ written: 1, unchanged: 1 });
    expect(asked).toEqual(['dist/a']);
    expect(learned).toEqual({ 'dist/b': keyOf('b') });
  });
});

describe('what cannot be stored', () => {
  it('an output that changes while it is copied', async () => {
    await rig.write('dist/log', 'x'.repeat(1024 * 1024));
    let isWriting = true;
    const writeOn = (): void => {
      if (!isWriting) return;
      appendFileSync(path.join(rig.repo, 'dist/log'), 'x');
      setImmediate(writeOn);
    };
    writeOn();
    const stored = await rig.store(KEY);
    isWriting = false;
    expect(stored).toEqual({ kind: 'refused', reason: '"dist/log" changed while it was copied' });
    expect(findEntry(rig.cacheDir, KEY)).toEqual({ miss: 'there is no entry', isAbsent: true });
    expect(await rig.litter()).toEqual([]);
  });

  it('outputs behind a symbolic link, wherever it leads', async () => {
    await mkdir(path.join(rig.root, 'outside'));
    await writeFile(path.join(rig.root, 'outside/passwords'), '');
    await rig.link('dist', '../outside');
    const refused = { kind: 'refused', reason: '"dist" is a symbolic link' };
    expect(await rig.store(KEY)).toEqual(refused);
    expect(await rig.store(KEY, { outputs: ['dist/passwords'] })).toEqual(refused);
    expect(await rig.store(KEY, { outputs: ['dist'] })).toEqual({
      kind: 'refused',
      reason: '"dist" is a symbolic link to a folder, and what lies there is no output',
    });
  });

  it('an output glob that leaves the repository', async () => {
    for (const glob of ['../x', '/etc/*', 'a/../../b', '!../x']) {
      await expect(rig.store(KEY, { outputs: [glob] })).rejects.toMatchObject({
        failure: { kind: 'usage', message: `The output glob "${glob}" leaves the repository.` },
      });
    }
  });
});

describe('what cannot be restored', () => {
  it.each([
    ['out of the repository', '../outside'],
    ['into it', 'sources'],
  ])('an output behind a link that leads %s', async (_, target) => {
    await rig.write('dist/sub/a', 'a');
    await rig.write('dist/b', 'b');
    await rig.store(KEY);
    await rig.empty();
    await rig.folder('sources');
    await rig.folder('../outside');
    await rig.folder('dist');
    await symlink(path.join('..', target), path.join(rig.repo, 'dist/sub'));
    const tree = await treeOf(rig.root);
    expect(await rig.restore(KEY)).toEqual({ miss: '"dist/sub" is a symbolic link', isAbsent: false });
    expect(await treeOf(rig.root)).toEqual(tree);
  });

  it('a file where there is a folder now, and the other way round', async () => {
    await rig.write('dist/a', 'a');
    await rig.folder('dist/z');
    await rig.store(KEY);
    await rig.empty();
    await rig.write('dist/a/precious', 'p');
    expect(await rig.restore(KEY)).toEqual({ miss: '"dist/a" is in the way', isAbsent: false });
    await rig.empty();
    await rig.write('dist/z', 'p');
    expect(await rig.restore(KEY)).toEqual({ miss: '"dist/z" is in the way', isAbsent: false });
    await rig.empty();
    await rig.write('dist', 'p');
    expect(await rig.restore(KEY)).toEqual({ miss: '"dist" is no folder', isAbsent: false });
    expect(await treeOf(rig.repo)).toEqual({ dist: '644 p' });
  });

  it.skipIf(process.getuid?.() === 0)('a file in a folder that must not be written to', async () => {
    await rig.write('dist/a', 'a');
    await rig.store(KEY);
    await rig.empty();
    await rig.folder('dist', 0o555);
    const miss = '"dist/a" cannot be restored (EACCES)';
    expect(await rig.restore(KEY)).toEqual({ miss, isAbsent: false });
    expect(await treeOf(rig.repo)).toEqual({ dist: '555 empty folder' });
    await chmod(path.join(rig.repo, 'dist'), 0o755);
  });
});

it('stops in the middle when nobody waits any more, and leaves nothing', async () => {
  const over = new AbortController();
  await rig.write('dist/a', 'a');
  await rig.store(KEY);
  await rig.empty();
  const refusal = async (): Promise<null> => {
    over.abort();
    return null;
  };
  const miss = { miss: 'the run was cancelled', isAbsent: false };
  expect(await restoreEntry(await rig.find(KEY), rig.repo, { refusal, signal: over.signal })).toEqual(miss);
  expect(await treeOf(rig.repo)).toEqual({});

  await rig.write('dist/a', 'b');
  const refused = { kind: 'refused', reason: 'the run was cancelled' };
  expect(await rig.store(keyOf('other'), { signal: over.signal })).toEqual(refused);
  expect(await rig.litter()).toEqual([]);
});

it('finds an entry of another place only under its own key', async () => {
  await rig.store(KEY, { outputs: [] });
  const other = keyOf('other');
  await mkdir(path.dirname(rig.entryFolder(other)), { recursive: true });
  await rename(rig.entryFolder(KEY), rig.entryFolder(other));
  const miss = 'entry.json belongs to another key';
  expect(findEntry(rig.cacheDir, other)).toEqual({ miss, isAbsent: false });
  expect(findEntry(rig.cacheDir, '../../x')).toEqual({ miss: '"../../x" is no key', isAbsent: true });
});

it('notes a use, to the hour', async () => {
  await rig.store(KEY, { outputs: [] });
  const file = path.join(rig.entryFolder(KEY), 'entry.json');
  await utimes(file, 1_000_000, 1_000_000);
  await rig.find(KEY);
  const { mtimeMs } = await stat(file);
  expect(mtimeMs).toBeGreaterThan(Date.now() - 60_000);
  await utimes(file, mtimeMs / 1_000 - 600, mtimeMs / 1_000 - 600);
  await rig.find(KEY);
  expect((await stat(file)).mtimeMs).toBeLessThan(Date.now() - 500_000);
});
