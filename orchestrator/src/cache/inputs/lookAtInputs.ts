import fs, { type Stats } from 'node:fs';
import { errorCode } from '../../storage/errorCode.ts';
import type { FoundInputs } from './findInputs.ts';
import { isHashOf, withHashes, type Folder, type HashedEntry } from './folder.ts';
import { hashInput } from './hashInput.ts';
import type { HashMemo } from './hashMemo.ts';
import type { Mark, SeenInputs } from './seenInputs.ts';
import { turns } from '../turns.ts';
import { isSettled, NEVER_AGAIN } from './stamp.ts';
import { isGone } from './isGone.ts';

/**
 * Looks at each input and hashes what is not known to be as it was. What has vanished since it was found is left out.
 * One after another on the main thread: a look takes 2 µs, less than handing it to another one.
 *
 * @param root - the root of the repository, absolute.
 * @param lookMs - when the look at the repository began, in ms since 1970.
 */
export async function lookAtInputs(
  root: string,
  inputs: readonly FoundInputs[],
  memo: HashMemo | null,
  lookMs: number,
): Promise<{ seen: SeenInputs[]; unreadable: string[] }> {
  const seen: SeenInputs[] = [];
  const unreadable: string[] = [];
  const breathe = turns();
  for (const { folder, entries } of inputs) {
    await breathe();
    const place = folder.path === '' ? `${root}/` : `${root}/${folder.path}/`;
    const look = compare(place, folder, entries, lookMs);
    if (look.unknown.length === 0 && look.lost.length === 0) {
      seen.push({ folder, entries, marks: look.marks, changedMs: look.changedMs });
      continue;
    }
    const hashed: HashedEntry[] = [];
    for (const { entry, stats } of look.unknown) {
      await breathe();
      try {
        const hash = await hashInput(place + (folder.names[entry] ?? ''), stats);
        hashed.push({ entry, stamp: isSettled(stats, lookMs) ? stats : NEVER_AGAIN, hash });
      } catch (error) {
        look.lost.push({ entry, error });
      }
    }
    const current = withHashes(folder, hashed);
    if (hashed.some(({ stamp }) => stamp !== NEVER_AGAIN)) memo?.keep(current);
    seen.push(without(look.lost, { folder: current, entries, marks: look.marks, changedMs: look.changedMs }));
    unreadable.push(...namesOf(look.lost, folder));
  }
  return { seen, unreadable };
}

interface Look {
  /** One for each of the entries that were looked at. */
  marks: Mark[];
  /** The ctime of each, ms. */
  changedMs: number[];
  /** Those whose hash is not known. */
  unknown: { entry: number; stats: Stats }[];
  /** Those that are no inputs after all; `error` is null for what has become something else meanwhile. */
  lost: { entry: number; error: unknown }[];
}

function compare(place: string, folder: Folder, entries: readonly number[], lookMs: number): Look {
  const look: Look = { marks: [], changedMs: [], unknown: [], lost: [] };
  for (const entry of entries) {
    try {
      const stats = fs.lstatSync(place + (folder.names[entry] ?? ''));
      const isLink = stats.isSymbolicLink();
      look.marks.push(isLink ? 'l' : (stats.mode & 0o100) === 0 ? 'f' : 'x');
      look.changedMs.push(stats.ctimeMs);
      if (!isLink && !stats.isFile()) look.lost.push({ entry, error: null });
      else if (!isHashOf(folder, entry, stats) || !isSettled(stats, lookMs))
        look.unknown.push({ entry, stats });
    } catch (error) {
      look.marks.push('f');
      look.changedMs.push(Number.NaN);
      look.lost.push({ entry, error });
    }
  }
  return look;
}

function without(lost: Look['lost'], { folder, entries, marks, changedMs }: SeenInputs): SeenInputs {
  const gone = new Set(lost.map(({ entry }) => entry));
  const isThere = (_: unknown, at: number): boolean => !gone.has(entries[at] ?? -1);
  return {
    folder,
    entries: entries.filter(isThere),
    marks: marks.filter(isThere),
    changedMs: changedMs.filter(isThere),
  };
}

/** The paths of those that are there and cannot be read. */
function namesOf(lost: Look['lost'], { path: folder, names }: Folder): string[] {
  return lost.flatMap(({ entry, error }) => {
    const name = names[entry] ?? '';
    if (error === null || isGone(error, name)) return [];
    if (errorCode(error) === '') throw error;
    return [folder === '' ? name : `${folder}/${name}`];
  });
}
