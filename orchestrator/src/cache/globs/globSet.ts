import { type Glob, type GlobPurpose, parseGlob } from './glob.ts';

/** The input or output globs of a stage, and which of them have matched something so far. */
export interface GlobSet {
  /** Those that choose files. */
  chosen: readonly Glob[];
  /** Folders, or single paths, below which everything that can match lies; '' for the root. None is below another. */
  bases: readonly string[];
  /** Whether an exception takes out a file, or a folder with all that is in it. */
  isExcepted(path: string): boolean;
  /** Whether one of `among`, a part of {@link chosen}, matches a file; takes note of all that do. */
  matches(path: string, among: readonly Glob[]): boolean;
  /** {@link matches} among all, exceptions left out. */
  takes(path: string): boolean;
  /** Whether a folder in which nothing is counts as something that was made; takes note as {@link matches}. */
  takesEmpty(folder: string): boolean;
  /** Whether something below a folder can match, so that it is worth looking into. */
  reaches(folder: string): boolean;
  /** Whether all files in a folder and below match, and {@link matches} would find out nothing new about them. */
  takesAll(folder: string, among: readonly Glob[]): boolean;
  /** Those that have matched nothing. */
  withoutMatch(): Glob[];
}

/**
 * Understands the globs of a stage. The order does not matter; an exception always wins.
 *
 * @throws FailureError for a glob that leaves the repository
 */
export async function globSet(globs: readonly string[], purpose: GlobPurpose): Promise<GlobSet> {
  const picomatch = async () => (await import('picomatch')).default;
  const all = await Promise.all([...new Set(globs)].map((glob) => parseGlob(glob, purpose, picomatch)));
  const chosen = all.filter((glob) => !glob.isException);
  const exceptions = all.filter((glob) => glob.isException);
  const unmatched = new Set(chosen);
  const isExcepted = (path: string): boolean => exceptions.some((glob) => glob.matches(path));
  const note = (among: readonly Glob[], isMatch: (glob: Glob) => boolean): boolean => {
    let isOne = false;
    for (const glob of among) {
      if ((isOne && !unmatched.has(glob)) || !isMatch(glob)) continue;
      isOne = true;
      unmatched.delete(glob);
    }
    return isOne;
  };
  const matches = (path: string, among: readonly Glob[]): boolean =>
    note(among, (glob) => glob.matches(path));
  return {
    chosen,
    bases: topmost(chosen.map(({ literal }) => literal)),
    isExcepted,
    matches,
    takes: (path) => !isExcepted(path) && matches(path, chosen),
    takesEmpty: (folder) =>
      !isExcepted(folder) &&
      note(chosen, (glob) => glob.covers(folder) || glob.matches(`${folder}/${ANYTHING}`)),
    reaches: (folder) => !isExcepted(folder) && chosen.some((glob) => glob.reaches(folder)),
    takesAll: (folder, among) =>
      exceptions.length === 0 &&
      among.some((glob) => glob.covers(folder)) &&
      !among.some((glob) => unmatched.has(glob)),
    withoutMatch: () => [...unmatched],
  };
}

/** Where every file of a folder would match, the folder itself was meant, too. */
const ANYTHING = '\u0001';

function topmost(paths: readonly string[]): string[] {
  const isBelow = (path: string, folder: string): boolean => folder === '' || path.startsWith(`${folder}/`);
  return [...new Set(paths)].filter((path) => !paths.some((other) => path !== other && isBelow(path, other)));
}
