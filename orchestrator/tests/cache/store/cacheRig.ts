import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, readlink, realpath, rm } from 'node:fs/promises';
import { symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findEntry, type FoundEntry } from '../../../src/cache/store/findEntry.ts';
import { entryFolder, storeLayout } from '../../../src/cache/store/layout.ts';
import { restoreEntry, type RestoreResult } from '../../../src/cache/store/restoreEntry.ts';
import { storeEntry, type NewEntry, type Stored } from '../../../src/cache/store/storeEntry.ts';

/** A cache and a repository with nothing in them, in a temporary folder. */
export interface CacheRig {
  root: string;
  repo: string;
  cacheDir: string;
  /** Makes a file of the repository and the folders above it. */
  write(file: string, content: string | Uint8Array, mode?: number): Promise<void>;
  link(file: string, target: string): Promise<void>;
  folder(name: string, mode?: number): Promise<void>;
  /** Takes everything out of the repository. */
  empty(): Promise<void>;
  /** Stores `dist/**` under the key, if nothing else is said. */
  store(key: string, over?: Partial<NewEntry>): Promise<Stored>;
  find(key: string): Promise<FoundEntry>;
  restore(key: string): Promise<RestoreResult>;
  /** What `scratch` of the cache holds. */
  litter(): Promise<string[]>;
  entryFolder(key: string): string;
  cleanup(): Promise<void>;
}

export async function makeCacheRig(): Promise<CacheRig> {
  const root = await realpath(await mkdtemp(path.join(tmpdir(), 'codex-cache-')));
  const repo = path.join(root, 'repo');
  const cacheDir = path.join(root, 'cache');
  await mkdir(repo);
  const place = async (file: string): Promise<string> => {
    const target = path.join(repo, file);
    await mkdir(path.dirname(target), { recursive: true });
    return target;
  };
  const find: CacheRig['find'] = async (key) => {
    const found = findEntry(cacheDir, key);
    if ('miss' in found) throw new Error(`No entry: ${found.miss}`);
    return found;
  };
  return {
    root,
    repo,
    cacheDir,
    async write(file, content, mode = 0o644) {
      const target = await place(file);
      await writeFile(target, content);
      await chmod(target, mode);
    },
    link: async (file, target) => symlink(target, await place(file)),
    async folder(name, mode = 0o755) {
      await mkdir(await place(name));
      await chmod(path.join(repo, name), mode);
    },
    async empty() {
      await rm(repo, { recursive: true });
      await mkdir(repo);
    },
    store: (key, over) => storeEntry(cacheDir, newEntry(key, repo, over)),
    find,
    restore: async (key) => restoreEntry(await find(key), repo),
    litter: async () => readdir(storeLayout(cacheDir).scratch),
    entryFolder: (key) => entryFolder(cacheDir, key),
    cleanup: () => rm(root, { recursive: true, force: true }),
  };
}

/** The outputs `dist/**` of a stage without a log, if nothing else is said. */
export function newEntry(key: string, repoRoot: string, over: Partial<NewEntry> = {}): NewEntry {
  return { key, repoRoot, outputs: ['dist/**'], logPath: null, about: ABOUT, ...over };
}

export const ABOUT: NewEntry['about'] = {
  pipeline_id: 'diagnostics',
  stage_id: 'build',
  run_id: '2026-11-22T12-46-41-046Z-423084bd',
  task_id: '0101',
  duration_ms: 1200,
  summary: 'built',
  facts: { command: 'npm run build' },
};

/** A key for each word. */
export function keyOf(word: string): string {
  return createHash('sha256').update(word).digest('hex');
}

/** Everything in a folder: path to what it is, with the permission bits of files and empty folders. */
export async function treeOf(root: string, folder = ''): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of await readdir(path.join(root, folder))) {
    const relative = path.join(folder, name);
    const file = path.join(root, relative);
    const stats = await lstat(file);
    const mode = (stats.mode & 0o777).toString(8);
    if (stats.isSymbolicLink()) found[relative] = `-> ${await readlink(file)}`;
    else if (stats.isFile()) found[relative] = `${mode} ${await readFile(file, 'latin1')}`;
    else if ((await readdir(file)).length === 0) found[relative] = `${mode} empty folder`;
    else Object.assign(found, await treeOf(root, relative));
  }
  return found;
}
