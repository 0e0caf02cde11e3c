import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../../storage/errorCode.ts';
import { isBlank, readRawLines } from './rawLines.ts';
import { parseStoredEntry } from './storedEntry.ts';

/** Age in ms from which nobody can be writing a temporary file any more (metrics contract, section 1). */
const STALE_MS = 300_000;

const SUFFIX = '.tmp';

/**
 * Deals with temporary files that killed writers left in the pending queue: a stale one with nothing but valid
 * entries becomes a pending entry, any other stale one is deleted, a fresh one is left to its writer. Call it only
 * under the metrics lock.
 *
 * @param names file names ending in `.tmp`.
 * @returns how many became pending entries.
 */
export async function recoverTempEntries(directory: string, names: string[]): Promise<number> {
  let recovered = 0;
  for (const name of names) {
    const file = path.join(directory, name);
    const modifiedMs = await modificationTime(file);
    if (modifiedMs === null || Date.now() - modifiedMs <= STALE_MS) continue;
    if (await promote(directory, name)) recovered += 1;
  }
  return recovered;
}

/** Whether the file became an entry. One that was asleep may finish its work under our eyes: then it is an entry too. */
async function promote(directory: string, name: string): Promise<boolean> {
  const file = path.join(directory, name);
  try {
    if (await holdsValidEntries(file)) {
      await rename(file, freeName(directory, name.slice(0, -SUFFIX.length)));
      return true;
    }
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    return true;
  }
  await rm(file, { force: true });
  return false;
}

/** Null when the file is gone: its writer, which needs no lock, has finished since the listing. */
async function modificationTime(file: string): Promise<number | null> {
  try {
    return (await stat(file)).mtimeMs;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

async function holdsValidEntries(file: string): Promise<boolean> {
  let entries = 0;
  for await (const line of readRawLines(file)) {
    if (isBlank(line)) continue;
    if (parseStoredEntry(line.toString('utf8')) === null) return false;
    entries += 1;
  }
  return entries > 0;
}

/** The given name, or a new one when it is taken or would not be recognised as a pending entry. */
function freeName(directory: string, name: string): string {
  const file = path.join(directory, name);
  if (name.endsWith('.jsonl') && !existsSync(file)) return file;
  return path.join(directory, `recovered-${Date.now()}-${randomUUID()}.jsonl`);
}
