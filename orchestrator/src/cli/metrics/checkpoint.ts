import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { readIfPresent } from '../../run/readIfPresent.ts';
import { count, currentActivity, type FileActivity } from '../../storage/fileActivity.ts';
import { replaceFile } from '../../storage/replaceFile.ts';
import type { HistoryState } from './aggregates/historyState.ts';
import { historyJson, parseHistory } from './historyJson.ts';
import { isInTheWay } from './isInTheWay.ts';
import { openHistory } from './openHistory.ts';

/** How far `metrics.json` has been taken into the aggregates. */
export interface CheckpointHead {
  /** Name of the folder of the index that belongs to it. */
  index: string;
  /** How many shards that had, at least. */
  shards: number;
  /** Bytes of `metrics.json` that are in `history`; a line ends there. */
  covered: number;
  /** Tells whether those bytes are still the same. */
  fingerprint: Fingerprint;
}

/** The head, and everything needed to go on from there. */
export interface Checkpoint extends CheckpointHead {
  history: HistoryState;
}

export interface Fingerprint {
  /** SHA-256 of the last {@link TAIL_BYTES} before `covered`. */
  tail: string;
  /** Inode, size, and times of the last change of content and of anything, in ns. */
  file: string;
}

/** Raised whenever an earlier checkpoint would be misread. */
const VERSION = 1;
const TAIL_BYTES = 4096;
/** The first line has about 300. */
const MOST_HEAD_BYTES = 1024;

/** Where the checkpoint of a task is, beside its aggregates. */
export function checkpointPath(aggregatesDir: string): string {
  return path.join(aggregatesDir, 'checkpoint.ndjson');
}

/**
 * Reads a checkpoint, or says in words why there is none to go on from.
 *
 * @throws errno errors other than ENOENT
 */
export async function readCheckpoint(
  file: string,
  activity?: FileActivity,
): Promise<Checkpoint | { unusable: string }> {
  try {
    return parseCheckpoint(await readIfPresent(file, activity));
  } catch (error) {
    if (isInTheWay(error)) return { unusable: 'the checkpoint is damaged' };
    throw error;
  }
}

/** What {@link readCheckpoint} makes of the text of the file; null: there is none. Pure. */
export function parseCheckpoint(text: string | null): Checkpoint | { unusable: string } {
  if (text === null) return { unusable: 'there was no checkpoint' };
  const [line = '', body = ''] = text.split('\n', 2);
  const header = parse(line);
  if (header !== null && header['version'] !== VERSION) {
    return { unusable: 'the checkpoint is of another version' };
  }
  const head = header === null ? null : headOf(header);
  if (header === null || head === null || header['sha256'] !== checksum(header, body)) {
    return { unusable: 'the checkpoint is damaged' };
  }
  return { ...head, history: parseHistory(body) };
}

/**
 * Reads only how far a checkpoint covers the history; null when there is none that could be read. Throws errno errors other
 * than ENOENT.
 */
export function readCheckpointHead(file: string, activity?: FileActivity): CheckpointHead | null {
  let descriptor: number | null = null;
  try {
    descriptor = openHistory(file);
    if (descriptor === null) return null;
    const bytes = Buffer.alloc(MOST_HEAD_BYTES);
    const read = fs.readSync(descriptor, bytes, 0, bytes.length, 0);
    count(activity?.reads, read);
    const [line = ''] = bytes.toString('utf8', 0, read).split('\n', 1);
    const header = parse(line);
    return header?.['version'] === VERSION ? headOf(header) : null;
  } catch (error) {
    if (isInTheWay(error)) return null;
    throw error;
  } finally {
    if (descriptor !== null) fs.closeSync(descriptor);
  }
}

function headOf({
  index,
  shards,
  covered,
  tail,
  file: identity,
}: Record<string, unknown>): CheckpointHead | null {
  if (
    typeof index !== 'string' ||
    !isCount(shards) ||
    !isCount(covered) ||
    typeof tail !== 'string' ||
    typeof identity !== 'string'
  ) {
    return null;
  }
  return { index, shards, covered, fingerprint: { tail, file: identity } };
}

/** Replaces the checkpoint: one line of facts, one with the history. Throws errno errors. */
export async function writeCheckpoint(
  file: string,
  checkpoint: Checkpoint,
  activity?: FileActivity,
): Promise<void> {
  const { index, shards, covered, fingerprint, history } = checkpoint;
  const body = historyJson(history);
  const head = { version: VERSION, index, shards, covered, ...fingerprint };
  const text = `${JSON.stringify({ ...head, sha256: checksum(head, body) })}\n${body}\n`;
  try {
    await replaceFile(file, text, { activity });
  } catch (error) {
    if (!isInTheWay(error)) throw error;
    fs.rmSync(file, { recursive: true });
    await replaceFile(file, text, { activity });
  }
}

/** The fingerprint of an open history up to `covered`. Throws errno errors. */
export function fingerprintOf(descriptor: number, covered: number): Fingerprint {
  const { ino, size, mtimeNs, ctimeNs } = fs.fstatSync(descriptor, { bigint: true });
  const bytes = Buffer.alloc(Math.min(TAIL_BYTES, covered));
  count(currentActivity()?.reads, fs.readSync(descriptor, bytes, 0, bytes.length, covered - bytes.length));
  return { tail: sha256(bytes), file: [ino, size, mtimeNs, ctimeNs].join(' ') };
}

/**
 * Why the history is not what a checkpoint covered, in words; null when nothing speaks against it. A file that grew is
 * judged by its inode and its last bytes before the new ones: one that was changed further ahead in place, and then
 * appended to by somebody who did not ask `dropDoubtedCheckpoint` before, is found by `metrics verify` alone.
 */
export function changedSince(checkpoint: CheckpointHead, descriptor: number): string | null {
  const { size } = fs.fstatSync(descriptor);
  const { covered, fingerprint } = checkpoint;
  if (size < covered) return 'metrics.json is shorter than before';
  const now = fingerprintOf(descriptor, covered);
  if (now.tail !== fingerprint.tail) return 'metrics.json was rewritten';
  if (inodeOf(now) !== inodeOf(fingerprint)) return 'metrics.json was replaced';
  if (size === covered && now.file !== fingerprint.file) return 'metrics.json was changed';
  return null;
}

function inodeOf({ file }: Fingerprint): string {
  return file.split(' ', 1)[0] ?? '';
}

/** Of both lines, the head without it. */
function checksum(head: object, body: string): string {
  return sha256(`${JSON.stringify({ ...head, sha256: undefined })}\n${body}`);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

function parse(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}
