import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../../storage/errorCode.ts';
import { makeDirectory } from '../../storage/makeDirectory.ts';
import { globSet } from '../globs/globSet.ts';
import { collectOutputs, type FoundOutput } from './collectOutputs.ts';
import { copyContent } from './copyContent.ts';
import { ENTRY_VERSION, type EntryDocument, type EntryFacts, type StoredOutput } from './entryDocument.ts';
import { entryText } from './entryText.ts';
import { CONTENT_FOLDER, ENTRY_FILE, LOG_FILE, readEntry } from './findEntry.ts';
import { inParallel } from './inParallel.ts';
import { entryFolder, storeLayout } from './layout.ts';
import { Refusal, refuseWhenCancelled } from './refusal.ts';
import { discardFolder, openScratch } from './scratch.ts';
import { addUsage } from './usage.ts';
import { verifyEntry } from './verifyEntry.ts';

/** A stage that has succeeded, to be stored. */
export interface NewEntry {
  key: string;
  /** Absolute, free of symbolic links. */
  repoRoot: string;
  /** Globs of what it made, relative to `repoRoot`. */
  outputs: readonly string[];
  /** Absolute paths that hold no outputs whatever the globs say: the folder of the runs. The cache is one by itself. */
  exclude?: readonly string[];
  /** Its log, finished, as an absolute path; null when it has none. */
  logPath: string | null;
  about: EntryFacts;
  /** An entry of that key is replaced, even a whole one. */
  replace?: boolean;
  /** Asked when all of it is copied: why it may not be used, in words; null when it may. */
  refusal?: () => Promise<string | null>;
  /** Aborted while it is copied: it is not stored. */
  signal?: AbortSignal;
}

export type Stored =
  /** `unmatched`: globs that match nothing, which is probably not meant. */
  | { kind: 'stored'; outputs: number; bytes: number; unmatched: string[] }
  /** Somebody else stored this key meanwhile. That entry stays. */
  | { kind: 'present' }
  /** Nothing is stored. `reason`: which output cannot be, in words. */
  | { kind: 'refused'; reason: string };

/**
 * Stores what a stage made under its key: built out of sight, and in place with one rename. An entry of that key that
 * is there and whole stays unless it is to be replaced; a damaged one is replaced.
 *
 * Nothing is fsynced: an entry that a power failure damages fails its verification, and so is only a miss.
 *
 * @throws FailureError for a glob that leaves the repository.
 * @throws the errno error of the file system; what was built is removed.
 */
export async function storeEntry(cacheDir: string, request: NewEntry): Promise<Stored> {
  const { repoRoot, exclude = [] } = request;
  const globs = await globSet(request.outputs, 'output');
  const scratch = await openScratch(cacheDir);
  try {
    const outputs = await collectOutputs(repoRoot, globs, [storeLayout(cacheDir).root, ...exclude]);
    // One level below, so that `owner.json` is not in it when it moves.
    const folder = path.join(scratch.folder, 'entry');
    const entry = await build(folder, request, outputs);
    const reason = (await request.refusal?.()) ?? null;
    if (reason !== null) return { kind: 'refused', reason };
    if (!(await moveIn(cacheDir, folder, request))) return { kind: 'present' };
    await addUsage(cacheDir, entry.bytes);
    const unmatched = globs.withoutMatch().map(({ glob }) => glob);
    return { kind: 'stored', outputs: outputs.length, bytes: entry.bytes, unmatched };
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'refused', reason: error.message };
    throw error;
  } finally {
    await scratch.drop();
  }
}

async function build(
  folder: string,
  { key, repoRoot, logPath, about, signal }: NewEntry,
  found: readonly FoundOutput[],
): Promise<EntryDocument> {
  const contents = path.join(folder, CONTENT_FOLDER);
  await mkdir(folder);
  await mkdir(contents);
  const outputs: StoredOutput[] = [];
  const sizes = new Map<string, number>();
  await inParallel(found.entries(), async ([at, output]) => {
    refuseWhenCancelled(signal);
    if (output.kind !== 'file') {
      outputs[at] = output;
      return;
    }
    const draft = path.join(contents, String(at));
    const content = await copyContent(path.join(repoRoot, output.path), draft, output.path);
    await rename(draft, path.join(contents, content.sha256));
    sizes.set(content.sha256, content.size);
    outputs[at] = { path: output.path, kind: 'file', ...content };
  });
  const log = logPath === null ? null : await copyContent(logPath, path.join(folder, LOG_FILE), 'its log');
  const entry: EntryDocument = {
    version: ENTRY_VERSION,
    key,
    created_at: new Date().toISOString(),
    ...about,
    bytes: [...sizes.values()].reduce((sum, size) => sum + size, log?.size ?? 0),
    log: log && { size: log.size, sha256: log.sha256 },
    outputs,
  };
  await writeFile(path.join(folder, ENTRY_FILE), entryText(entry));
  return entry;
}

/** Resolves with false when another entry of that key stays. */
async function moveIn(
  cacheDir: string,
  folder: string,
  { key, replace = false }: NewEntry,
): Promise<boolean> {
  const place = entryFolder(cacheDir, key);
  makeDirectory(path.dirname(place));
  for (;;) {
    try {
      await rename(folder, place);
      return true;
    } catch (error) {
      if (!['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(errorCode(error))) throw error;
      if (!replace && (await isWhole(cacheDir, key))) return false;
      await discardFolder(cacheDir, place);
    }
  }
}

async function isWhole(cacheDir: string, key: string): Promise<boolean> {
  const present = readEntry(cacheDir, key);
  return !('miss' in present) && (await verifyEntry(present)) === null;
}
