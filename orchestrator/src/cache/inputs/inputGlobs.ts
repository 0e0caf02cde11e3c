import { inputGlob, type InputGlob } from './inputGlob.ts';

/** The input globs of a stage, and which of them have matched something so far. */
export interface InputGlobs {
  /** Those that choose files. */
  chosen: readonly InputGlob[];
  /** Whether an exception takes out a file, or a folder with all that is in it. */
  isExcepted(path: string): boolean;
  /** Whether one of `among`, a part of {@link chosen}, matches a file; takes note of all that do. */
  matches(path: string, among: readonly InputGlob[]): boolean;
  /** Whether all files in a folder and below match, and {@link matches} would find out nothing new about them. */
  takesAll(folder: string, among: readonly InputGlob[]): boolean;
  /** Those that have matched nothing. */
  withoutMatch(): InputGlob[];
}

/**
 * Understands the input globs of a stage. The order does not matter; an exception always wins.
 *
 * @throws FailureError for a glob that leaves the repository.
 */
export async function inputGlobs(globs: readonly string[]): Promise<InputGlobs> {
  const picomatch = async () => (await import('picomatch')).default;
  const all = await Promise.all([...new Set(globs)].map((glob) => inputGlob(glob, picomatch)));
  const chosen = all.filter((glob) => !glob.isException);
  const exceptions = all.filter((glob) => glob.isException);
  const unmatched = new Set(chosen);
  return {
    chosen,
    isExcepted: (path) => exceptions.some((glob) => glob.matches(path)),
    matches(path, among) {
      let isMatch = false;
      for (const glob of among) {
        if ((isMatch && !unmatched.has(glob)) || !glob.matches(path)) continue;
        isMatch = true;
        unmatched.delete(glob);
      }
      return isMatch;
    },
    takesAll: (folder, among) =>
      exceptions.length === 0 &&
      among.some((glob) => glob.covers(folder)) &&
      !among.some((glob) => unmatched.has(glob)),
    withoutMatch: () => [...unmatched],
  };
}
