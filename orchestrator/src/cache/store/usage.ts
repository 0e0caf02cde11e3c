import { appendFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../../storage/errorCode.ts';
import { makeDirectory } from '../../storage/makeDirectory.ts';
import { storeLayout } from './layout.ts';

/** What is known of the entries without looking at them. Times are ms since 1970. */
export interface Usage {
  /** Bytes in all entries, those included that were added since the scan. */
  bytes: number;
  scannedAt: number;
  /** Of the entry used least recently, at the time of the scan; null when there was none. */
  oldestUse: number | null;
}

/** Nobody needs more lines than this to know that it is time for a scan. */
const LONGEST_USAGE = 64 * 1024;

/**
 * Notes that an entry was added: a line of its own, so that processes do not need to agree.
 *
 * @throws the errno error of the file system.
 */
export async function addUsage(cacheDir: string, bytes: number): Promise<void> {
  const { usage } = storeLayout(cacheDir);
  await appendFile(usage, `${JSON.stringify({ added: bytes })}\n`);
}

/**
 * Notes the result of a scan. What others added while it ran may get lost; the next scan finds it.
 *
 * @throws the errno error of the file system.
 */
export async function writeUsage(cacheDir: string, usage: Usage): Promise<void> {
  // Most runs have nothing to scan, and so need not load it.
  const { replaceFile } = await import('../../storage/replaceFile.ts');
  const file = storeLayout(cacheDir).usage;
  makeDirectory(path.dirname(file));
  await replaceFile(file, `${JSON.stringify(usage)}\n`, { durable: false });
}

/**
 * Reads what is known: null when that is nothing, or cannot be trusted.
 *
 * @throws the errno error of the file system.
 */
export async function readUsage(cacheDir: string): Promise<Usage | null> {
  const text = await readFile(storeLayout(cacheDir).usage, 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return '';
    throw error;
  });
  if (text.length > LONGEST_USAGE) return null;
  try {
    const [scan, ...lines] = text
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    if (!isUsage(scan) || !lines.every(isAddition)) return null;
    return { ...scan, bytes: lines.reduce((sum, { added }) => sum + added, scan.bytes) };
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function isAddition(line: unknown): line is { added: number } {
  return typeof line === 'object' && line !== null && 'added' in line && Number.isFinite(line.added);
}

function isUsage(value: unknown): value is Usage {
  if (typeof value !== 'object' || value === null) return false;
  if (!('bytes' in value && 'scannedAt' in value && 'oldestUse' in value)) return false;
  const { bytes, scannedAt, oldestUse } = value;
  return (
    Number.isFinite(bytes) && Number.isFinite(scannedAt) && (oldestUse === null || Number.isFinite(oldestUse))
  );
}
