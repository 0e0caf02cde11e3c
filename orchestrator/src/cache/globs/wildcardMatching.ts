import type Picomatch from 'picomatch';
import { braceRange } from './braceRange.ts';

/** What a glob, or a list of them, has to do with paths. */
export interface Matching {
  /** Whether it matches a file. */
  matches(file: string): boolean;
  /** Whether it is known to match all files in a folder and below. */
  covers(folder: string): boolean;
  /** Whether it can match something below a folder, so that it is worth looking into. */
  reaches(folder: string): boolean;
}

type Matcher = (path: string) => boolean;

/**
 * How a glob with wildcards matches.
 *
 * @param pattern without the `!` of an exception, which matches all that is below what it matches, too.
 * @throws FailureError for a range such as `{1..1000000}`.
 */
export function wildcardMatching(
  picomatch: typeof Picomatch,
  pattern: string,
  isException: boolean,
): Matching {
  const folders = isException ? [pattern, `${pattern}/**`] : [];
  return {
    matches: matcher(picomatch, isException ? [pattern, `${pattern}/**/*`] : [pattern]),
    covers: matcher(picomatch, [...folders, ...wholeFolders(pattern)]),
    reaches: reacher(picomatch, pattern),
  };
}

/** With `/**` at its end, a pattern matches the folder before it, too. */
function wholeFolders(pattern: string): string[] {
  const whole = /^.*\/\*\*(?=(?:\/\*)?$)/s.exec(pattern)?.[0];
  return whole === undefined ? [] : [whole];
}

/**
 * `posix`: as fast-glob has it, so that `[!a]` is everything but an `a`. `nonegate`: an exclamation mark has been dealt
 * with. `flags`: names may hold newlines, which `.` does not stand for without it.
 */
const OPTIONS: Picomatch.PicomatchOptions = {
  dot: true,
  posix: true,
  nonegate: true,
  flags: 's',
  expandRange: braceRange,
};

/** The function that picomatch makes itself spends most of its time on options. */
function matcher(picomatch: typeof Picomatch, patterns: readonly string[]): Matcher {
  const expressions = patterns.map((pattern) => picomatch.makeRe(pattern, OPTIONS));
  return (path) => expressions.some((expression) => expression.test(path));
}

/** Compares folder by folder, as far as the pattern can be taken apart. */
function reacher(picomatch: typeof Picomatch, pattern: string): Matcher {
  const parts = pattern.split('/');
  const open = parts.findIndex((part) => part.includes('**') || !isWhole(part));
  const steps = parts.slice(0, open === -1 ? -1 : open).map((part) => matcher(picomatch, [part]));
  return (folder) => {
    if (folder === '') return true;
    const names = folder.split('/');
    if (names.length > steps.length && open === -1) return false;
    return names.every((name, at) => steps[at]?.(name) ?? true);
  };
}

/** Whether no alternatives go on beyond the next slash. */
function isWhole(part: string): boolean {
  const count = (characters: RegExp): number => part.match(characters)?.length ?? 0;
  return count(/[{([]/g) === count(/[})\]]/g);
}
