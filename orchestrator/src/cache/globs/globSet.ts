import { type Glob, type GlobPurpose, parseGlob } from './glob.ts';

/** The input or output globs of a stage, and which of them have matched something so far. */
export interface GlobSet {
  /** Those that choose files. */
  chosen: readonly Glob[];
  /** Folders, or single paths, below which everything that can match lies; '' for the root. None is below another. */
  bases: readonly string[];
  /**
   * Whether a file, or a link, is chosen by one of `among` and not taken out; takes note of all that choose it.
   *
   * @param among a part of {@link chosen}, all of it if nothing else is said.
   */
  takes(file: string, among?: readonly Glob[]): boolean;
  /** Whether a folder in which nothing is counts as something that was made; takes note as {@link takes} does. */
  takesEmpty(folder: string): boolean;
  /** Whether {@link takes} would take all files in a folder and below, and find out nothing new about them. */
  takesAll(folder: string, among: readonly Glob[]): boolean;
  /** Whether something below a folder can be taken, so that it is worth looking into. */
  reaches(folder: string, among?: readonly Glob[]): boolean;
  /** Those that have chosen nothing, except for what an exception takes out. */
  withoutMatch(): Glob[];
}

/**
 * Understands the globs of a stage. The order does not matter; an exception always wins.
 *
 * @throws FailureError for a glob that leaves the repository.
 */
export async function globSet(globs: readonly string[], purpose: GlobPurpose): Promise<GlobSet> {
  const picomatch = async () => (await import('picomatch')).default;
  const all = await Promise.all([...new Set(globs)].map((glob) => parseGlob(glob, purpose, picomatch)));
  const chosen = all.filter((glob) => !glob.isException);
  const exceptions = all.filter((glob) => glob.isException);
  const unmatched = new Set(chosen);
  const isLeftOut = (folder: string): boolean => exceptions.some((glob) => glob.covers(folder));
  return {
    chosen,
    bases: topmost(chosen.map(({ literal }) => literal)),
    takes(file, among = chosen) {
      let isTaken = false;
      for (const glob of among) {
        if ((isTaken && !unmatched.has(glob)) || !glob.matches(file)) continue;
        if (!isTaken && exceptions.some((exception) => exception.matches(file))) return false;
        isTaken = true;
        unmatched.delete(glob);
      }
      return isTaken;
    },
    takesEmpty(folder) {
      const covering = isLeftOut(folder) ? [] : chosen.filter((glob) => glob.covers(folder));
      for (const glob of covering) unmatched.delete(glob);
      return covering.length > 0;
    },
    takesAll: (folder, among) =>
      exceptions.length === 0 &&
      among.some((glob) => glob.covers(folder)) &&
      !among.some((glob) => unmatched.has(glob)),
    reaches: (folder, among = chosen) => among.some((glob) => glob.reaches(folder)) && !isLeftOut(folder),
    withoutMatch: () => [...unmatched],
  };
}

function topmost(paths: readonly string[]): string[] {
  const isBelow = (path: string, folder: string): boolean => folder === '' || path.startsWith(`${folder}/`);
  return [...new Set(paths)].filter((path) => !paths.some((other) => path !== other && isBelow(path, other)));
}
