import type { Stamp } from './stamp.ts';

/** What a name in a folder stands for: file, folder ('d'), symbolic link, anything else (socket, pipe, device). */
export type EntryKind = 'f' | 'd' | 'l' | 'o';

/**
 * A folder of the repository and what is known of the files in it. Entries are told by their position. It never changes,
 * so that who holds one need not copy it, and texts and arrays stand for many entries: 20,000 objects would keep the
 * garbage collector busy for longer than the disk.
 */
export interface Folder {
  /** Relative to the root of the repository, forward slashes; '' for the root. */
  readonly path: string;
  /** In the order of whole paths, in which `a.b` comes before what is in `a`. */
  readonly names: readonly string[];
  /** An {@link EntryKind} for each name. */
  readonly kinds: string;
  /** Of the folder itself when it was listed; null when the list is not good for another time. */
  readonly stamp: Stamp | null;
  /**
   * git has told which of these names it ignores. Then it is the stamp of the `.gitignore` in this folder as a text, ''
   * where there is none; null when git has not.
   */
  readonly answered: string | null;
  /** Of each entry when it was hashed: size, mtime, ctime, inode, as in {@link Stamp}; NaN where it was not. */
  readonly stamps: Float64Array;
  /** SHA-256 of what each entry held then, 64 hex digits each; blanks where it was not hashed. */
  readonly hashes: string;
}

/** The hash of an entry as it was found at one moment. */
export interface HashedEntry {
  entry: number;
  stamp: Stamp;
  hash: string;
}

/** Numbers of one entry in {@link Folder.stamps}. */
export const STAMP_NUMBERS = 4;
/** Characters of one entry in {@link Folder.hashes}. */
export const HASH_LENGTH = 64;

/** Whether the hash of an entry was taken when it had this stamp. */
export function isHashOf({ stamps }: Folder, entry: number, stamp: Stamp): boolean {
  const at = entry * STAMP_NUMBERS;
  return (
    stamps[at] === stamp.size &&
    stamps[at + 1] === stamp.mtimeMs &&
    stamps[at + 2] === stamp.ctimeMs &&
    stamps[at + 3] === stamp.ino
  );
}

/** The hash of an entry. */
export function hashOf({ hashes }: Folder, entry: number): string {
  return hashes.slice(entry * HASH_LENGTH, (entry + 1) * HASH_LENGTH);
}

/** The folder with other hashes of some entries. */
export function withHashes(folder: Folder, hashed: readonly HashedEntry[]): Folder {
  const stamps = folder.stamps.slice();
  const hashes = folder.names.map((_, entry) => hashOf(folder, entry));
  for (const { entry, stamp, hash } of hashed) {
    stamps.set([stamp.size, stamp.mtimeMs, stamp.ctimeMs, stamp.ino], entry * STAMP_NUMBERS);
    hashes[entry] = hash;
  }
  return { ...folder, stamps, hashes: hashes.join('') };
}

/** A folder that was listed; nothing is known of the files in it. */
export function newFolder(listed: Pick<Folder, 'path' | 'names' | 'kinds' | 'stamp'>): Folder {
  const count = listed.names.length;
  return {
    ...listed,
    answered: null,
    stamps: new Float64Array(count * STAMP_NUMBERS).fill(Number.NaN),
    hashes: ' '.repeat(count * HASH_LENGTH),
  };
}
