import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { readIfPresent } from '../../run/readIfPresent.ts';
import { replaceFile } from '../../storage/replaceFile.ts';
import type { HistoryState } from './aggregates/historyState.ts';
import { historyJson, parseHistory } from './historyJson.ts';

/** How far `metrics.json` has been taken into the aggregates, and everything needed to go on from there. */
export interface Checkpoint {
  /** Name of the folder of the index that belongs to it. */
  index: string;
  /** Bytes of `metrics.json` that are in `history`; a line ends there. */
  covered: number;
  /** Tells whether those bytes are still the same. */
  fingerprint: Fingerprint;
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

/** Where the checkpoint of a task is, beside its aggregates. */
export function checkpointPath(aggregatesDir: string): string {
  return path.join(aggregatesDir, 'checkpoint.ndjson');
}

/**
 * Reads a checkpoint, or says in words why there is none to go on from.
 *
 * @throws errno errors other than ENOENT
 */
export async function readCheckpoint(file: string): Promise<Checkpoint | { unusable: string }> {
  const text = await readIfPresent(file);
  if (text === null) return { unusable: 'there was no checkpoint' };
  const [head = '', body = ''] = text.split('\n', 2);
  const header = parse(head);
  if (header?.['version'] !== VERSION) return { unusable: 'the checkpoint is of another version' };
  if (header['sha256'] !== sha256(body)) return { unusable: 'the checkpoint is damaged' };
  const { index, covered, tail, file: identity } = header;
  if (
    typeof index !== 'string' ||
    typeof covered !== 'number' ||
    typeof tail !== 'string' ||
    typeof identity !== 'string'
  ) {
    return { unusable: 'the checkpoint is damaged' };
  }
  return { index, covered, fingerprint: { tail, file: identity }, history: parseHistory(body) };
}

/** Replaces the checkpoint: one line of facts, one with the history. Throws errno errors. */
export async function writeCheckpoint(file: string, checkpoint: Checkpoint): Promise<void> {
  const { index, covered, fingerprint, history } = checkpoint;
  const body = historyJson(history);
  const head = { version: VERSION, index, covered, ...fingerprint, sha256: sha256(body) };
  await replaceFile(file, `${JSON.stringify(head)}\n${body}\n`);
}

/** The fingerprint of an open history up to `covered`. Throws errno errors. */
export function fingerprintOf(descriptor: number, covered: number): Fingerprint {
  const { ino, size, mtimeNs, ctimeNs } = fs.fstatSync(descriptor, { bigint: true });
  const bytes = Buffer.alloc(Math.min(TAIL_BYTES, covered));
  fs.readSync(descriptor, bytes, 0, bytes.length, covered - bytes.length);
  return { tail: sha256(bytes), file: [ino, size, mtimeNs, ctimeNs].join(' ') };
}

/**
 * Why the history is not what a checkpoint covered, in words; null when nothing speaks against it. A file that only grew
 * is judged by its last bytes before the new ones: what was changed further ahead, and then appended to, is found by
 * `metrics verify` alone.
 */
export function changedSince(checkpoint: Checkpoint, descriptor: number): string | null {
  const { size } = fs.fstatSync(descriptor);
  const { covered, fingerprint } = checkpoint;
  if (size < covered) return 'metrics.json is shorter than before';
  const now = fingerprintOf(descriptor, covered);
  if (now.tail !== fingerprint.tail) return 'metrics.json was rewritten';
  if (size === covered && now.file !== fingerprint.file) return 'metrics.json was changed or replaced';
  return null;
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
