import type Picomatch from 'picomatch';
import { FailureError } from '../../failure.ts';

/** The output globs of a stage. Paths are relative to the root of the repository, with forward slashes. */
export interface OutputGlobs {
  /** Folders, or single paths, below which everything that can match lies; '' for the root. None is below another. */
  bases: string[];
  /** Whether a glob without any wildcard names the path. */
  isNamed(path: string): boolean;
  /** Whether a path is an output. */
  matches(path: string): boolean;
  /** Whether something below a folder can be an output, so that it is worth looking into. */
  reaches(folder: string): boolean;
  /** The globs that match none of these paths. */
  without(paths: readonly string[]): string[];
}

/**
 * Understands output globs: `*` also stands for names that begin with a dot, what matches a folder stands for all that
 * lies below it, `!` before a glob makes an exception.
 *
 * @throws FailureError for a glob that leaves the repository.
 */
export async function outputGlobs(globs: readonly string[]): Promise<OutputGlobs> {
  const { default: picomatch } = await import('picomatch');
  const all = globs.map((glob) => ({ glob, pattern: patternOf(glob), isException: isException(glob) }));
  const chosen = all
    .filter((each) => !each.isException)
    .map(({ glob, pattern }) => ({
      glob,
      pattern,
      base: baseOf(picomatch, pattern),
      matches: matcher(picomatch, pattern),
      reaches: reacher(picomatch, pattern),
    }));
  const exceptions = all.filter((each) => each.isException).map(({ pattern }) => matcher(picomatch, pattern));
  const isExcepted = (path: string): boolean => exceptions.some((matches) => matches(path));
  const bases = [...new Set(chosen.map(({ base }) => base))];
  return {
    bases: bases.filter((base) => !bases.some((other) => base !== other && isBelow(base, other))),
    isNamed: (path) => chosen.some(({ pattern }) => pattern === path),
    matches: (path) => chosen.some((each) => each.matches(path)) && !isExcepted(path),
    reaches: (folder) =>
      chosen.some((each) => each.reaches(folder) || each.matches(folder)) && !isExcepted(folder),
    without: (paths) =>
      chosen.filter((each) => !paths.some((path) => each.matches(path))).map(({ glob }) => glob),
  };
}

/** Without what may stand around it; '**' for the repository itself. */
function patternOf(glob: string): string {
  const pattern = (isException(glob) ? glob.slice(1) : glob).replace(/^(?:\.\/+)+/, '').replace(/\/+$/, '');
  if (pattern.startsWith('/') || pattern.split('/').includes('..')) {
    throw new FailureError({ kind: 'usage', message: `The output glob "${glob}" leaves the repository.` });
  }
  return pattern === '' || pattern === '.' ? '**' : pattern;
}

/** `!(a|b)` is a pattern for everything else. */
function isException(glob: string): boolean {
  return glob.startsWith('!') && !glob.startsWith('!(');
}

type Matcher = (path: string) => boolean;

/** With the flag `s`, since names may hold newlines, which `.` does not stand for without it. */
function matcher(picomatch: typeof Picomatch, pattern: string): Matcher {
  return picomatch([pattern, `${pattern}/**`], { dot: true, flags: 's' });
}

function baseOf(picomatch: typeof Picomatch, pattern: string): string {
  const parts = picomatch.scan(pattern).base.split('/');
  // A backslash makes what follows it an ordinary character, which is left to the matcher.
  const end = parts.findIndex((part) => part.includes('\\'));
  return (end === -1 ? parts : parts.slice(0, end)).join('/');
}

/** Compares folder by folder, as far as the pattern can be taken apart. */
function reacher(picomatch: typeof Picomatch, pattern: string): Matcher {
  const parts = pattern.split('/');
  const end = parts.findIndex((part) => part.includes('**') || !isWhole(part));
  const steps = parts
    .slice(0, end === -1 ? -1 : end)
    .map((part) => picomatch(part, { dot: true, flags: 's' }));
  return (folder) => {
    if (folder === '') return true;
    const names = folder.split('/');
    if (names.length > steps.length && end === -1) return false;
    return names.every((name, at) => steps[at]?.(name) ?? true);
  };
}

/** Whether no alternatives go on beyond the next slash. */
function isWhole(part: string): boolean {
  const count = (characters: RegExp): number => part.match(characters)?.length ?? 0;
  return count(/[{([]/g) === count(/[})\]]/g);
}

function isBelow(path: string, folder: string): boolean {
  return folder === '' || path.startsWith(`${folder}/`);
}
