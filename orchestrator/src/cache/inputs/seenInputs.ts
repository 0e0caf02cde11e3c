import { createHash } from 'node:crypto';
import { hashOf, type Folder } from './folder.ts';
import type { InputFile } from './inputSnapshot.ts';

/** What an input is: a file, an executable one, a symbolic link. */
export type Mark = 'f' | 'x' | 'l';

/** The inputs in a folder, which has the hashes that they had when they were looked at. */
export interface SeenInputs {
  folder: Folder;
  entries: readonly number[];
  /** One for each of the entries. */
  marks: readonly Mark[];
  /** The ctime of each, ms. */
  changedMs: readonly number[];
}

/**
 * SHA-256, hex, over all inputs: for each folder `/<path> NUL`, for each input in it `<name> NUL <mark> <hash> LF`. No name
 * begins with a slash or holds a NUL, so no two sets of inputs come to the same text.
 */
export function digestOf(inputs: readonly SeenInputs[]): string {
  const digest = createHash('sha256');
  for (const { folder, entries, marks } of inputs) {
    if (entries.length === 0) continue;
    let text = `/${folder.path}\0`;
    entries.forEach((entry, at) => {
      text += `${folder.names[entry]}\0${marks[at]}${hashOf(folder, entry)}\n`;
    });
    digest.update(text);
  }
  return digest.digest('hex');
}

/** The inputs one by one, in the order of their paths. */
export function filesOf(inputs: readonly SeenInputs[]): InputFile[] {
  const files = inputs.flatMap(({ folder, entries, marks, changedMs }) =>
    entries.map((entry, at): InputFile => {
      const name = folder.names[entry] ?? '';
      return {
        path: folder.path === '' ? name : `${folder.path}/${name}`,
        hash: hashOf(folder, entry),
        executable: marks[at] === 'x',
        kind: marks[at] === 'l' ? 'symlink' : 'file',
        changedMs: changedMs[at] ?? Number.NaN,
      };
    }),
  );
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
