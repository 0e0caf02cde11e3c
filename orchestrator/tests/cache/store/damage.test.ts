import { execFileSync } from 'node:child_process';
import { appendFile, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EntryDocument } from '../../../src/cache/store/entryDocument.ts';
import { entryText } from '../../../src/cache/store/entryText.ts';
import { findEntry } from '../../../src/cache/store/findEntry.ts';
import { restoreEntry } from '../../../src/cache/store/restoreEntry.ts';
import { keyOf, makeCacheRig, treeOf, type CacheRig } from './cacheRig.ts';

const KEY = keyOf('build');
const FIRST = `files/${keyOf('first')}`;
const LAST = `files/${keyOf('last')}`;

let rig: CacheRig;
let folder: string;

beforeEach(async () => {
  rig = await makeCacheRig();
  folder = rig.entryFolder(KEY);
  const logPath = path.join(rig.root, 'log');
  await writeFile(logPath, 'log\n');
  await rig.write('dist/first', 'first');
  await rig.write('dist/last', 'last');
  await rig.store(KEY, { logPath });
  await rig.empty();
  await rig.write('dist/first', 'edited');
});
afterEach(() => rig.cleanup());

/** Finds and restores as a run does. */
async function use() {
  const found = findEntry(rig.cacheDir, KEY);
  return 'miss' in found ? found : restoreEntry(found, rig.repo);
}

async function flipByte(file: string, at: number): Promise<void> {
  const bytes = await readFile(file);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(file, bytes);
}

describe('damage of an entry is a miss, changes no output, and is repaired by storing again', () => {
  const inFolder = (name: string) => path.join(folder, name);

  it.each<[string, string, () => unknown]>([
    ['entry.json cut off', 'entry.json is damaged', () => truncate(inFolder('entry.json'), 200)],
    ['entry.json empty', 'entry.json is damaged', () => truncate(inFolder('entry.json'), 0)],
    ['entry.json longer', 'entry.json is damaged', () => appendFile(inFolder('entry.json'), ' ')],
    ['entry.json missing', 'it is not whole', () => rm(inFolder('entry.json'))],
    ['a content missing', `${LAST} is missing`, () => rm(inFolder(LAST))],
    ['all contents missing', 'it is not whole', () => rm(inFolder('files'), { recursive: true })],
    ['a flipped bit in a content', `${LAST} is damaged`, () => flipByte(inFolder(LAST), 2)],
    ['a content cut off', `${LAST} is damaged`, () => truncate(inFolder(LAST), 3)],
    ['a file too many', 'new does not belong to it', () => writeFile(inFolder('new'), '')],
    ['a content too many', 'files/new does not belong to it', () => writeFile(inFolder('files/new'), '')],
    ['the log missing', 'stage.ndjson is missing', () => rm(inFolder('stage.ndjson'))],
    ['a flipped bit in the log', 'stage.ndjson is damaged', () => flipByte(inFolder('stage.ndjson'), 0)],
    [
      'the log longer',
      'stage.ndjson has 5 bytes instead of 4',
      () => appendFile(inFolder('stage.ndjson'), '\n'),
    ],
    [
      'a pipe for a content',
      `${LAST} is damaged`,
      async () => {
        await rm(inFolder(LAST));
        execFileSync('mkfifo', [inFolder(LAST)]);
      },
    ],
    [
      'a file for the whole entry',
      'it is not whole',
      async () => {
        await rm(folder, { recursive: true });
        await writeFile(folder, '');
      },
    ],
  ])('%s', async (_, miss, damage) => {
    await damage();
    expect(await use()).toEqual({ miss, isAbsent: false });
    expect(await treeOf(rig.repo)).toEqual({ 'dist/first': '644 edited' });
    expect(await rig.store(KEY)).toMatchObject({ kind: 'stored' });
    expect(await use()).toEqual({ written: 0, unchanged: 1 });
    expect(await rig.litter()).toEqual([]);
  });

  it('the first content, of an output that is not needed, is not even looked at', async () => {
    await rig.write('dist/first', 'first');
    await flipByte(inFolder(FIRST), 0);
    expect(await use()).toEqual({ written: 1, unchanged: 1 });
  });

  it('a flipped bit anywhere in entry.json', async () => {
    const { size } = await stat(inFolder('entry.json'));
    for (let at = 0; at < size; at += 5) {
      await flipByte(inFolder('entry.json'), at);
      expect(await use(), `byte ${at}`).toEqual({ miss: 'entry.json is damaged', isAbsent: false });
      await flipByte(inFolder('entry.json'), at);
    }
    expect(await use()).toEqual({ written: 2, unchanged: 0 });
  });
});

describe('an entry.json that is whole and still wrong is a miss', () => {
  const file = { kind: 'file', mode: 0o644, size: 4, sha256: keyOf('last') };
  const at = (name: string) => ({ outputs: [{ path: name, ...file }] });
  const twice = 'twice or below another output';

  it.each<[string, object]>([
    ['has another version', { version: 2 }],
    ['belongs to another key', { key: keyOf('other') }],
    ['has a wrong "outputs"', at('../outside')],
    ['has a wrong "outputs"', at('dist/../../outside')],
    ['has a wrong "outputs"', at('/etc/passwd')],
    ['has a wrong "outputs"', at('./dist')],
    ['has a wrong "outputs"', at('dist//a')],
    ['has a wrong "outputs"', at('')],
    ['has a wrong "outputs"', at('a\0b')],
    ['has a wrong "outputs"', at('.git/hooks/pre-commit')],
    ['has a wrong "outputs"', { outputs: [{ path: 'a', ...file, sha256: '../../../x' }] }],
    ['has a wrong "outputs"', { outputs: [{ path: 'a', ...file, mode: 0o4755 }] }],
    ['has a wrong "outputs"', { outputs: [{ path: 'a', ...file, size: -1 }] }],
    ['has a wrong "outputs"', { outputs: [{ path: 'a', ...file, owner: 0 }] }],
    ['has a wrong "outputs"', { outputs: [{ path: 'a', kind: 'device', mode: 0 }] }],
    ['has a wrong "outputs"', { outputs: [{ path: 'a', kind: 'symlink', target: '' }] }],
    ['has a wrong "outputs"', { outputs: { length: 0 } }],
    [`has "a" ${twice}`, { outputs: [at('a').outputs[0], at('a').outputs[0]] }],
    [
      `has "a/b/c" ${twice}`,
      { outputs: [at('a/b/c').outputs[0], { path: 'a', kind: 'symlink', target: 'x' }] },
    ],
    ['has a wrong "log"', { log: { size: 1 } }],
    ['has a wrong "bytes"', { bytes: 1.5 }],
    ['has a wrong "duration_ms"', { duration_ms: null }],
    ['has a wrong "facts"', { facts: [] }],
    ['has a wrong "summary"', { summary: undefined }],
    ['has a field too many', { surprise: true }],
  ])('when it %s: %j', async (miss, over) => {
    const { entry } = await rig.find(KEY);
    await writeFile(path.join(folder, 'entry.json'), entryText(changed(entry, over)));
    expect(findEntry(rig.cacheDir, KEY)).toEqual({ miss: `entry.json ${miss}`, isAbsent: false });
  });

  /** What an entry must not be is hard to say in types. */
  function changed(entry: EntryDocument, over: object): EntryDocument {
    return { ...entry, ...over };
  }
});

it('an entry that is removed between finding and restoring is a miss', async () => {
  const found = await rig.find(KEY);
  await rm(folder, { recursive: true });
  expect(await restoreEntry(found, rig.repo)).toEqual({ miss: 'stage.ndjson is missing', isAbsent: false });
  expect(await readdir(path.join(rig.repo, 'dist'))).toEqual(['first']);
});
