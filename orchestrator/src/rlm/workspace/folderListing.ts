import { createHash } from 'node:crypto';
import { createReadStream, type BigIntStats, type Dirent } from 'node:fs';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { errorCode } from '../../storage/errorCode.ts';

/** What each file of a folder holds: path relative to it, forward slashes, to a word that differs when the content does. */
export type Listing = Map<string, string>;

/** Folders that hold no work of anybody's. */
const IGNORED = new Set(['node_modules', '.git']);
const READERS = 8;
const SMALL_BYTES = 64 * 1024;
/**
 * A file that changed so shortly before it was read may change again without a trace: clocks of file systems tick
 * as slowly as every two seconds.
 */
const SETTLED_MS = 2_000;

interface Known {
  identity: string;
  content: string;
}

/**
 * Lists the files and symbolic links below `root`, dot files too, `exclude` (relative to it) left out. The contents
 * of files that have not changed since the last call are not read again. What vanishes meanwhile and what is in a
 * folder that cannot be listed is left out; what cannot be looked at counts as unchanging. Rejects with the reason of
 * `signal` when that is aborted.
 */
export function openFolderListing(
  root: string,
  exclude: readonly string[],
  signal?: AbortSignal,
): () => Promise<Listing> {
  let known = new Map<string, Known>();
  const excluded = new Set(exclude);
  return async () => {
    const files = await walk(root, excluded, signal);
    const next = new Map<string, Known>();
    const listing = new Map<string, string>();
    await inParallel(files, async (file) => {
      signal?.throwIfAborted();
      const entry = await describe(path.join(root, file), known.get(file));
      if (entry === null) return;
      listing.set(file, entry.content);
      if (entry.identity !== '') next.set(file, { identity: entry.identity, content: entry.content });
    });
    known = next;
    // Readers end in any order.
    return new Map([...listing].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  };
}

/**
 * Everything below `root` that is no folder, relative to it. By hand: the libraries for it match names with patterns,
 * and lose those with a newline or a backslash.
 */
async function walk(
  root: string,
  excluded: ReadonlySet<string>,
  signal: AbortSignal | undefined,
  folder = '',
): Promise<string[]> {
  signal?.throwIfAborted();
  const found: string[] = [];
  for (const entry of await entriesOf(path.join(root, folder))) {
    const file = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (excluded.has(file)) continue;
    if (!entry.isDirectory()) found.push(file);
    else if (!IGNORED.has(entry.name)) {
      for (const each of await walk(root, excluded, signal, file)) found.push(each);
    }
  }
  return found;
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM'].includes(errorCode(error))) return [];
    throw error;
  }
}

async function inParallel(items: readonly string[], work: (item: string) => Promise<void>): Promise<void> {
  const queue = items.values();
  const reader = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: READERS }, reader));
}

/** null for a folder, and for what is not there any more. `identity` is '' where the content must be read again. */
async function describe(file: string, known: Known | undefined): Promise<Known | null> {
  try {
    const stats = await lstat(file, { bigint: true });
    if (stats.isSymbolicLink()) return { identity: '', content: `link ${await readlink(file)}` };
    if (stats.isDirectory()) return null;
    // Reading from a pipe or a device might never end.
    if (!stats.isFile()) return { identity: '', content: 'special' };
    const identity = [stats.ino, stats.size, stats.mode, stats.mtimeNs, stats.ctimeNs].join(':');
    if (known?.identity === identity) return known;
    const content = await contentOf(file, stats);
    const isSettled = Date.now() - Number(stats.ctimeMs) > SETTLED_MS;
    return { identity: isSettled ? identity : '', content };
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error))) return null;
    // A folder may be listed and not entered.
    if (['EACCES', 'EPERM'].includes(errorCode(error))) return { identity: '', content: 'unreadable' };
    throw error;
  }
}

async function contentOf(file: string, { mode, size, mtimeNs }: BigIntStats): Promise<string> {
  const kind = (mode & 0o100n) === 0n ? 'file' : 'program';
  try {
    const hash = createHash('sha256');
    // Most files are small, and a stream costs several times as much as reading them.
    if (size <= SMALL_BYTES) hash.update(await readFile(file));
    else {
      const stream = createReadStream(file);
      stream.on('data', (chunk) => hash.update(chunk));
      await finished(stream);
    }
    return `${kind} ${hash.digest('base64url')}`;
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EIO'].includes(errorCode(error))) throw error;
    return `unreadable ${size}:${mtimeNs}`;
  }
}
