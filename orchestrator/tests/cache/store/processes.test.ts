import { mkdtempSync, rmSync } from 'node:fs';
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { clearCache } from '../../../src/cache/store/clearCache.ts';
import { findEntry } from '../../../src/cache/store/findEntry.ts';
import { storeLayout } from '../../../src/cache/store/layout.ts';
import { pruneCache } from '../../../src/cache/store/pruneCache.ts';
import { snapshotInputs } from '../../../src/cache/inputs/snapshotInputs.ts';
import { restoreEntry } from '../../../src/cache/store/restoreEntry.ts';
import { openScratch } from '../../../src/cache/store/scratch.ts';
import { storeEntry } from '../../../src/cache/store/storeEntry.ts';
import { verifyEntry } from '../../../src/cache/store/verifyEntry.ts';
import { mountSmallDisk } from '../../faults/smallDisk.ts';
import { startChild, type Child } from '../../storage/children.ts';
import { faultEnvironment, type Fault } from '../../support/faults.ts';
import { keyOf, makeCacheRig, newEntry, treeOf, type CacheRig } from './cacheRig.ts';

const KEY = keyOf('key');
const NEW = {
  'dist/a': '644 new a',
  'dist/b': '644 new b',
  'dist/empty': '755 empty folder',
  'dist/link': '-> a',
};

let bundles: string;
let rig: CacheRig;
let children: Child[];

beforeAll(async () => {
  bundles = await mkdtemp(path.join(tmpdir(), 'codex-cache-children-'));
  const sources = ['stopEverywhere', 'storeOnCommand'].map((name) => `children/${name}.ts`);
  await build({
    entryPoints: sources.map((name) => fileURLToPath(new URL(name, import.meta.url))),
    outdir: bundles,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'error',
  });
});
afterAll(() => rm(bundles, { recursive: true }));
beforeEach(async () => {
  children = [];
  rig = await makeCacheRig();
});
afterEach(async () => {
  await Promise.all(children.map((child) => child.kill()));
  await rig.cleanup();
});

function start(name: string, args: string[], ...faults: Fault[]): Child {
  const env = Object.entries(faultEnvironment(...faults)).map(([variable, value]) => `${variable}=${value}`);
  const child = startChild(['env', ...env, process.execPath, path.join(bundles, `${name}.cjs`), ...args]);
  children.push(child);
  return child;
}

describe('a process that is killed with SIGKILL', () => {
  /** Kills one that is stopped at every operation there is; resolves with the folders of all of them. */
  async function killEverywhere(work: string): Promise<{ repo: string; cacheDir: string; place: string }[]> {
    const child = start('stopEverywhere', [rig.root, work]);
    const folders: string[] = [];
    for (let line = await child.line(); line !== 'all'; line = await child.line()) folders.push(line);
    await child.kill();
    return folders.map((folder) => ({
      repo: path.join(folder, 'repo'),
      cacheDir: path.join(folder, 'cache'),
      place: path.basename(folder),
    }));
  }

  it('while it stores leaves a whole entry or none, and what can be swept', async () => {
    const killed = await killEverywhere('store');
    expect(killed.length).toBeGreaterThan(16);
    let whole = 0;
    for (const { repo, cacheDir, place } of killed) {
      const found = findEntry(cacheDir, KEY);
      const isWhole = !('miss' in found);
      if (isWhole) whole += 1;
      expect(isWhole || found.isAbsent, `at ${place}`).toBe(true);
      expect(await storeEntry(cacheDir, newEntry(KEY, repo)), `at ${place}`).toMatchObject({
        kind: isWhole ? 'present' : 'stored',
      });
      await rm(repo, { recursive: true });
      await mkdir(repo);
      const again = findEntry(cacheDir, KEY);
      if ('miss' in again) throw new Error(`${place}: ${again.miss}`);
      expect(await restoreEntry(again, repo), `at ${place}`).toEqual({ written: 4, unchanged: 0 });
      expect(await treeOf(repo), `at ${place}`).toEqual(NEW);
      await expectSwept(cacheDir, place);
    }
    expect(whole).toBeGreaterThan(1);
  });

  it('while it restores leaves every output old or new and no new input, and the next run finishes it', async () => {
    const killed = await killEverywhere('restore');
    expect(killed.length).toBeGreaterThan(16);
    let halfWay = 0;
    let drafts = 0;
    for (const { repo, cacheDir, place } of killed) {
      const { 'dist/a': a = '', ...others } = await treeOf(repo);
      expect(['644 old a', NEW['dist/a']], `at ${place}`).toContain(a);
      const outputs = Object.fromEntries(
        Object.entries(others).filter(([name]) => !path.basename(name).startsWith('.codex-restore-')),
      );
      expect(NEW, `at ${place}`).toMatchObject(outputs);
      drafts += Object.keys(others).length - Object.keys(outputs).length;
      const { files } = await snapshotInputs({ repoRoot: repo, patterns: ['**'], memo: null });
      const inputs = files.filter((file) => file.path !== 'dist/a').map((file) => file.path);
      expect(Object.keys(outputs), `at ${place}`).toEqual(expect.arrayContaining(inputs));
      if (a === '644 old a' && Object.keys(others).length > 1) halfWay += 1;

      const found = findEntry(cacheDir, KEY);
      if ('miss' in found) throw new Error(`${place}: ${found.miss}`);
      expect(await restoreEntry(found, repo), `at ${place}`).not.toHaveProperty('miss');
      await expectSwept(cacheDir, place);
      expect(await treeOf(repo), `at ${place}`).toEqual(NEW);
    }
    expect(halfWay).toBeGreaterThan(1);
    expect(drafts).toBeGreaterThan(1);
  });

  /** A folder that its owner could not even put his name in is given an hour. */
  async function expectSwept(cacheDir: string, place: string): Promise<void> {
    await pruneCache(cacheDir);
    const { scratch } = storeLayout(cacheDir);
    for (const name of await readdir(scratch)) {
      const folder = path.join(scratch, name);
      expect(await readdir(folder), `at ${place}`).toEqual([]);
      const longAgo = Date.now() / 1000 - 3601;
      await utimes(folder, longAgo, longAgo);
    }
    await pruneCache(cacheDir);
    expect(await readdir(scratch), `at ${place}`).toEqual([]);
  }
});

describe('several at once', () => {
  it('of two processes that store a key, one does and the other finds it there', async () => {
    for (const name of ['one', 'two']) {
      await mkdir(path.join(rig.root, name, 'dist'), { recursive: true });
      for (const file of ['a', 'b', 'c'])
        await writeFile(path.join(rig.root, name, 'dist', file), name + file);
    }
    const both = ['one', 'two'].map((name) =>
      start('storeOnCommand', [rig.cacheDir, path.join(rig.root, name)]),
    );
    await Promise.all(both.map((child) => child.line()));
    for (let round = 0; round < 20; round += 1) {
      const key = keyOf(`round ${round}`);
      for (const child of both) child.send(key);
      const kinds = await Promise.all(both.map((child) => child.line()));
      expect(kinds.toSorted(), `round ${round}`).toEqual(['present', 'stored']);
      expect(await verifyEntry(await rig.find(key)), `round ${round}`).toBeNull();
    }
    expect(await rig.litter()).toEqual([]);
  });

  it('whoever loses the entry under its hands has a miss, and nothing else', async () => {
    await rig.write('dist/a', 'new a');
    await rig.write('dist/b', 'new b');
    for (let round = 0; round < 20; round += 1) {
      await rig.write('dist/a', 'new a');
      await rig.store(KEY);
      await rig.write('dist/a', 'old a');
      const found = await rig.find(KEY);
      const [, result] = await Promise.all([clearCache(rig.cacheDir), restoreEntry(found, rig.repo)]);
      const isMiss = 'miss' in result;
      expect(await treeOf(rig.repo), `round ${round}`).toEqual({
        'dist/a': isMiss ? '644 old a' : '644 new a',
        'dist/b': '644 new b',
      });
    }
    expect(await rig.litter()).toEqual([]);
  });

  it('leaves alone what a living process is building, however old it is', async () => {
    const scratch = await openScratch(rig.cacheDir);
    await utimes(scratch.folder, 1_000_000, 1_000_000);
    await pruneCache(rig.cacheDir, undefined, { force: true });
    expect((await lstat(scratch.folder)).isDirectory()).toBe(true);
    await scratch.drop();
  });
});

describe('a cache folder that cannot be written to', () => {
  it.each<[string, Fault]>([
    ['EROFS', { trigger: '/cache/', operation: 'rename', errno: 'EROFS', forever: true }],
    ['ENOSPC', { trigger: 'owner.json', operation: 'write', errno: 'ENOSPC', forever: true }],
    ['EACCES', { trigger: 'entry.json', operation: 'write', errno: 'EACCES', forever: true }],
  ])('says so with %s, and nothing of the entry is left', async (code, fault) => {
    await rig.write('dist/a', 'a');
    const child = start('storeOnCommand', [rig.cacheDir, rig.repo], fault);
    await child.line();
    child.send(KEY);
    expect(await child.line()).toBe(code);
    expect(findEntry(rig.cacheDir, KEY)).toEqual({ miss: 'there is no entry', isAbsent: true });
    expect(await rig.litter()).toEqual([]);
  });

  it.skipIf(!canMount())('because the disk is full or read-only can still be read', async () => {
    const disk = mountSmallDisk(rig.cacheDir, '256k');
    try {
      await rig.write('dist/a', 'a'.repeat(50_000));
      await rig.store(KEY);
      await rig.write('dist/b', 'b'.repeat(500_000));
      await expect(rig.store(keyOf('large'))).rejects.toMatchObject({ code: 'ENOSPC' });
      expect(await rig.litter()).toEqual([]);
      disk?.remount('ro');
      await expect(rig.store(keyOf('other'))).rejects.toMatchObject({ code: 'EROFS' });
      expect(await rig.restore(KEY)).toEqual({ written: 0, unchanged: 1 });
      await rig.write('dist/a', '');
      await expect(rig.restore(KEY)).rejects.toMatchObject({ code: 'EROFS' });
      expect(await readFile(path.join(rig.repo, 'dist/a'), 'utf8')).toBe('');
    } finally {
      disk?.unmount();
    }
  });

  it('because it is a file', async () => {
    await writeFile(rig.cacheDir, '');
    await expect(rig.store(KEY)).rejects.toMatchObject({ code: 'ENOTDIR' });
    expect(findEntry(rig.cacheDir, KEY)).toEqual({ miss: 'there is no entry', isAbsent: true });
  });
});

/** Most users may not mount anything. */
function canMount(): boolean {
  const folder = mkdtempSync(path.join(tmpdir(), 'codex-cache-mount-'));
  const disk = mountSmallDisk(folder, '64k');
  disk?.unmount();
  rmSync(folder, { recursive: true });
  return disk !== null;
}
