import fs from 'node:fs';
import path from 'node:path';
import { errorCode } from '../../storage/errorCode.ts';
import { count, countSync, currentActivity } from '../../storage/fileActivity.ts';
import { makeDirectory } from '../../storage/makeDirectory.ts';
import { replaceFileSync } from '../../storage/replaceFile.ts';
import { syncDirectorySync } from '../../storage/syncDirectory.ts';
import { appendRecords, type IndexRecord, readRecords, RECORD_BYTES, recordBytes } from './indexRecords.ts';
import { namesIn } from './pendingFiles.ts';
import { HASH_BITS } from './runIdHash.ts';

/** Where in the history the lines of a run are. */
export interface RunIdIndex {
  /** Offsets recorded for a hash, in the order in which they were recorded. */
  offsets(hash: number): number[];
  /** How many shards there are; it never becomes less. */
  size(): number;
  /** Records lines, durably once it returns. */
  add(records: readonly IndexRecord[]): void;
  /** Offsets of those hashes that were recorded more than once. Reads everything, one shard after another. */
  repeated(): Generator<number[]>;
  /** Everything that was recorded, one shard after another; all records of a hash are in one shard. */
  shards(): Generator<IndexRecord[]>;
}

/** A larger shard is split. So many are read for one lookup: 64 KiB. */
const MOST_RECORDS = 4096;
/** Name of the shard for all hashes; the others are named after the bits with which their hashes begin. */
const ROOT = 'all';

/**
 * The index in `directory`: shards that are only appended to, one for each beginning of a hash. A lookup reads one of
 * them, so it costs the same however many runs there are (measured: 0.1 ms with a thousand and with a million).
 *
 * A full shard is split into two, each renamed into place before the old one goes. Whatever a crash leaves is readable:
 * a torn record at the end is cut off, an old shard beside the ones that it was split into is not looked at.
 *
 * @throws errno errors, as do its functions
 */
export function openRunIdIndex(directory: string): RunIdIndex {
  // What a killed writer left beside a shard is no shard.
  const names = new Set(filesIn(directory).filter((name) => /^(?:all|[01]+)$/.test(name)));
  let deepest = Math.max(0, ...Array.from(names, prefixLength));

  const shardOf = (hash: number): string => {
    for (let depth = deepest; depth > 0; depth -= 1) {
      const name = prefix(hash, depth);
      if (names.has(name)) return name;
    }
    return ROOT;
  };
  const read = (name: string): IndexRecord[] => readRecords(path.join(directory, name));
  const looked = new Map<string, IndexRecord[]>();
  /** Many lines at once ask for the same shards over and over. */
  const look = (name: string): IndexRecord[] => {
    const known = looked.get(name) ?? read(name);
    looked.set(name, known);
    return known;
  };

  const split = (name: string, records: readonly IndexRecord[]): void => {
    const parent = name === ROOT ? '' : name;
    for (const bit of ['0', '1']) {
      const child = `${parent}${bit}`;
      // Made by a split that was interrupted: it may know more by now.
      if (names.has(child)) continue;
      const own = records.filter(({ hash }) => prefix(hash, child.length) === child);
      replaceFileSync(path.join(directory, child), recordBytes(own), { activity: currentActivity() });
      names.add(child);
      deepest = Math.max(deepest, child.length);
    }
    fs.rmSync(path.join(directory, name), { force: true });
    names.delete(name);
  };

  return {
    offsets: (hash) =>
      look(shardOf(hash))
        .filter((record) => record.hash === hash)
        .map(({ offset }) => offset),
    size: () => names.size,
    add(records) {
      if (records.length === 0) return;
      looked.clear();
      makeDirectory(directory);
      for (const [name, own] of groupBy(records, ({ hash }) => shardOf(hash))) {
        const size = appendRecords(path.join(directory, name), own);
        names.add(name);
        if (size > MOST_RECORDS * RECORD_BYTES && prefixLength(name) < HASH_BITS) split(name, read(name));
      }
    },
    *repeated() {
      for (const name of names) yield* offsetsOfRepeated(read(name));
    },
    *shards() {
      // Of a shard that was split, what is left would come twice.
      for (const name of names) yield read(name).filter(({ hash }) => shardOf(hash) === name);
    },
  };
}

/**
 * Writes an index for many records at once into a directory that does not exist yet, without holding them all: `add` as
 * often as there are some, `finish` at the end.
 *
 * @param expected about how many records there will be
 */
export function createRunIdIndex(
  directory: string,
  expected: number,
): { add(hash: number, offset: number): void; finish(): void } {
  const depth = Math.max(0, Math.ceil(Math.log2(expected / (MOST_RECORDS / 2))));
  const width = 2 ** (HASH_BITS - depth);
  const buffers = Array.from<unknown, Filling>({ length: 2 ** depth }, () => ({ numbers: NONE, used: 0 }));
  const fileOf = (hash: number) => path.join(directory, depth === 0 ? ROOT : prefix(hash, depth));
  const flush = (filling: Filling): void => {
    makeDirectory(directory);
    const { buffer, byteOffset } = filling.numbers;
    const bytes = Buffer.from(buffer, byteOffset, filling.used * 8);
    fs.appendFileSync(fileOf(filling.numbers[0] ?? 0), bytes);
    count(currentActivity()?.appends.other, bytes);
    filling.used = 0;
  };
  return {
    add(hash, offset) {
      const filling = buffers[Math.floor(hash / width)];
      if (filling === undefined) throw new RangeError(`${hash} is no hash`);
      if (filling.numbers.length === 0) filling.numbers = new Float64Array(FLUSH_NUMBERS);
      filling.numbers[filling.used] = hash;
      filling.numbers[filling.used + 1] = offset;
      filling.used += 2;
      if (filling.used === FLUSH_NUMBERS) flush(filling);
    },
    finish() {
      const begun = buffers.filter(({ numbers }) => numbers.length > 0);
      for (const filling of begun) {
        const file = fileOf(filling.numbers[0] ?? 0);
        if (filling.used > 0) flush(filling);
        syncFile(file);
      }
      if (begun.length > 0) syncDirectorySync(directory, currentActivity());
    },
  };
}

interface Filling {
  /** Hash, offset, hash, offset, …; of the first so many. */
  numbers: Float64Array;
  used: number;
}

const NONE = new Float64Array(0);
const FLUSH_NUMBERS = 512;

/** The first `depth` bits of a hash, as a text of zeros and ones. */
function prefix(hash: number, depth: number): string {
  return Math.floor(hash / 2 ** (HASH_BITS - depth))
    .toString(2)
    .padStart(depth, '0');
}

/** A file in the place of the folder holds nothing, as a folder that is missing. */
function filesIn(directory: string): string[] {
  try {
    return namesIn(directory, '');
  } catch (error) {
    if (errorCode(error) === 'ENOTDIR') return [];
    throw error;
  }
}

function prefixLength(name: string): number {
  return name === ROOT ? 0 : name.length;
}

/** Nearly all hashes of a shard occur once: sorting numbers finds the others without a list for each. */
function* offsetsOfRepeated(records: readonly IndexRecord[]): Generator<number[]> {
  const hashes = Float64Array.from(records, ({ hash }) => hash).toSorted();
  const repeated = new Set(hashes.filter((hash, at) => at > 0 && hash === hashes[at - 1]));
  for (const hash of repeated) {
    yield records.filter((record) => record.hash === hash).map(({ offset }) => offset);
  }
}

function syncFile(file: string): void {
  const descriptor = fs.openSync(file, 'r');
  try {
    fs.fsyncSync(descriptor);
    countSync(currentActivity(), 'files');
  } finally {
    fs.closeSync(descriptor);
  }
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
