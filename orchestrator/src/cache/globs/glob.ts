import type Picomatch from 'picomatch';
import { FailureError } from '../../failure.ts';

/** What globs are for, as error messages name it. */
export type GlobPurpose = 'input' | 'output';

/** One glob of a stage. Paths are relative to the root of the repository, with forward slashes. */
export interface Glob {
  /** As it was written. */
  glob: string;
  /** `!glob`: what it matches is left out. */
  isException: boolean;
  /** The folders, or the single path, that it names before its first wildcard; '' for none. */
  literal: string;
  /** There is no wildcard in it. */
  isLiteral: boolean;
  /** Whether it matches a file. */
  matches(path: string): boolean;
  /** Whether it is known to match all files in a folder and below. */
  covers(folder: string): boolean;
  /** Whether it can match something below a folder, so that it is worth looking into. */
  reaches(folder: string): boolean;
}

/**
 * Understands a glob, the same way for inputs and outputs, as fast-glob does: wildcards match files, `*` also stands for
 * names that begin with a dot, `**` for any number of folders, `\\` makes an ordinary character of the next one. Beyond that, a
 * glob without wildcards, one that ends in a slash, and an exception stand for all that lies below the folders they match.
 *
 * @param picomatch - loads the library, which takes 3 ms; most globs name a file or a whole folder and do without.
 * @throws FailureError for a glob that leaves the repository.
 */
export async function parseGlob(
  glob: string,
  purpose: GlobPurpose,
  picomatch: () => Promise<typeof Picomatch>,
): Promise<Glob> {
  // `!(a|b)` is a pattern for everything else.
  const isException = glob.startsWith('!') && !glob.startsWith('!(');
  const pattern = patternOf(isException ? glob.slice(1) : glob, glob, purpose);
  return plainGlob(glob, pattern, isException) ?? patternGlob(await picomatch(), glob, pattern, isException);
}

/** A glob without wildcards, or with none but those for all that is in a folder; null for others. */
function plainGlob(glob: string, pattern: string, isException: boolean): Glob | null {
  const literal = pattern.replace(/(?:^|\/)\*\*(?:\/\*)?$/, '');
  if (/^!|[*?[\]{}()|\\]/.test(literal)) return null;
  const below = `${literal}/`;
  const isLiteral = literal === pattern;
  const matchesItself = isLiteral || isException;
  const covers = (folder: string): boolean =>
    literal === '' || folder === literal || folder.startsWith(below);
  return {
    glob,
    isException,
    literal,
    isLiteral,
    matches: (path) => literal === '' || path.startsWith(below) || (matchesItself && path === literal),
    covers,
    reaches: (folder) => covers(folder) || folder === '' || literal.startsWith(`${folder}/`),
  };
}

function patternGlob(picomatch: typeof Picomatch, glob: string, pattern: string, isException: boolean): Glob {
  const { base, isGlob } = picomatch.scan(pattern);
  const takesFolders = isException || !isGlob;
  return {
    glob,
    isException,
    literal: base.replaceAll(/\\(.)/gs, '$1'),
    isLiteral: !isGlob,
    matches: expressionMatcher(picomatch, takesFolders ? [pattern, `${pattern}/**`] : [pattern]),
    covers: () => false,
    reaches: reacher(picomatch, takesFolders ? `${pattern}/**` : pattern),
  };
}

/** The flag: names may hold newlines, which `.` does not stand for without it. */
const OPTIONS: Picomatch.PicomatchOptions = { dot: true, flags: 's' };

/** Without what may stand around it; '**' for the repository itself. */
function patternOf(text: string, glob: string, purpose: GlobPurpose): string {
  const pattern = text.replace(/^(?:\.\/+)+/, '').replace(/\/+$/, '');
  if (text.startsWith('/') || pattern.split('/').includes('..')) {
    throw new FailureError({
      kind: 'usage',
      message: `The ${purpose} glob "${glob}" leaves the repository.`,
    });
  }
  if (pattern === '' || pattern === '.') return '**';
  return text.endsWith('/') ? `${pattern}/**` : pattern;
}

type Matcher = (path: string) => boolean;

/** The function that picomatch makes itself spends most of its time on options. */
function expressionMatcher(picomatch: typeof Picomatch, patterns: readonly string[]): Matcher {
  const expressions = patterns.map((pattern) => picomatch.makeRe(pattern, OPTIONS));
  return (path) => expressions.some((expression) => expression.test(path));
}

/** Compares folder by folder, as far as the pattern can be taken apart. */
function reacher(picomatch: typeof Picomatch, pattern: string): Matcher {
  const parts = pattern.split('/');
  const open = parts.findIndex((part) => part.includes('**') || !isWhole(part));
  const steps = parts.slice(0, open === -1 ? -1 : open).map((part) => picomatch(part, OPTIONS));
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
