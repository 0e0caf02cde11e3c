import fs from 'node:fs';
import path from 'node:path';
import { errorCode } from '../../storage/errorCode.ts';
import { count, countSync, currentActivity } from '../../storage/fileActivity.ts';
import { syncDirectorySync } from '../../storage/syncDirectory.ts';

/** One line of the history: the hash of its run id, and where it begins. */
export interface IndexRecord {
  hash: number;
  offset: number;
}

/** Two doubles: hash, offset. Nothing else has to be known to read a record. */
export const RECORD_BYTES = 16;

/** The records in a file; none when it is missing, and without a torn one at the end. Throws errno errors. */
export function readRecords(file: string): IndexRecord[] {
  let bytes: Buffer;
  try {
    bytes = fs.readFileSync(file);
    count(currentActivity()?.reads, bytes);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
  const records: IndexRecord[] = [];
  for (let at = 0; at + RECORD_BYTES <= bytes.length; at += RECORD_BYTES) {
    records.push({ hash: bytes.readDoubleLE(at), offset: bytes.readDoubleLE(at + 8) });
  }
  return records;
}

/**
 * Puts records at the end of a file, over a torn one if there is one there; they are durable once it returns.
 *
 * @returns the size of the file afterwards, in bytes
 * @throws errno errors
 */
export function appendRecords(file: string, records: readonly IndexRecord[]): number {
  const descriptor = fs.openSync(file, fs.constants.O_RDWR | fs.constants.O_CREAT);
  try {
    const { size } = fs.fstatSync(descriptor);
    const end = size - (size % RECORD_BYTES);
    const bytes = recordBytes(records);
    let written = 0;
    while (written < bytes.length) {
      written += fs.writeSync(descriptor, bytes, written, bytes.length - written, end + written);
    }
    count(currentActivity()?.appends.other, bytes);
    fs.fdatasyncSync(descriptor);
    countSync(currentActivity(), 'files');
    if (size === 0) syncDirectorySync(path.dirname(file), currentActivity());
    return end + bytes.length;
  } finally {
    fs.closeSync(descriptor);
  }
}

/** Records as they stand in a file. Pure. */
export function recordBytes(records: readonly IndexRecord[]): Buffer {
  const bytes = Buffer.alloc(records.length * RECORD_BYTES);
  for (const [index, { hash, offset }] of records.entries()) {
    bytes.writeDoubleLE(hash, index * RECORD_BYTES);
    bytes.writeDoubleLE(offset, index * RECORD_BYTES + 8);
  }
  return bytes;
}
