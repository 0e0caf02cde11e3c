import type Picomatch from 'picomatch';
import { FailureError } from '../../failure.ts';
import { wildcardMatching, type Matching } from './wildcardMatching.ts';

/** What globs are for, as error messages name it. */
export type GlobPurpose = 'input' | 'output';

/** One glob of a stage. Paths are relative to the root of the repository, with forward slashes. */
export interface Glob extends Matching {
  /** As it was written. */
  glob: string;
  /** `!glob`: what it matches is not taken. */
  isException: boolean;
  /** The folders, or the single path, that it names before its first wildcard; '' for none. */
  literal: string;
  /** There is no wildcard in it. */
  isLiteral: boolean;
}

/**
 * Understands a glob, an input and an output alike, as fast-glob does: wildcards match files, and names that begin with a
 * dot are names like others. Beyond that, a glob without wildcards, one with a slash at its end, and an exception stand for
 * all that lies below the folders they match.
 *
 * Parentheses are ordinary characters unless they hold alternatives (`(a|b)`) or follow one of `!*+?@`. fast-glob finds
 * nothing in a folder such as `(shop)`, whether there is a wildcard or not.
 *
 * @param picomatch loads the library, which takes 3 ms; most globs name a file or a whole folder and do without.
 * @throws FailureError for a glob that leaves the repository.
 */
export async function parseGlob(
  glob: string,
  purpose: GlobPurpose,
  picomatch: () => Promise<typeof Picomatch>,
): Promise<Glob> {
  // `!(a|b)` is a pattern for everything else.
  const isException = glob.startsWith('!') && !glob.startsWith('!(');
  const text = isException ? glob.slice(1) : glob;
  const parts = text.split('/').filter((part) => part !== '' && part !== '.');
  if (text.startsWith('/') || parts.includes('..')) {
    throw new FailureError({
      kind: 'usage',
      message: `The ${purpose} glob "${glob}" leaves the repository.`,
    });
  }
  const path = escapeParentheses(parts.join('/'));
  const pattern = path === '' ? '**' : text.endsWith('/') ? `${path}/**/*` : path;
  const folder = pattern.replace(/(?:^|\/)\*\*(?:\/\*)?$/, '');
  if (!hasWildcard(folder)) {
    const literal = unescape(folder);
    const isLiteral = folder === pattern;
    return { glob, isException, literal, isLiteral, ...plainMatching(literal, isLiteral || isException) };
  }
  const literal = unescape(literalPart(pattern));
  const matching = wildcardMatching(await picomatch(), pattern, isException);
  return { glob, isException, literal, isLiteral: false, ...matching };
}

/** A path with all that is below it, or only the latter. */
function plainMatching(path: string, matchesItself: boolean): Matching {
  const below = `${path}/`;
  const covers = (folder: string): boolean => path === '' || folder === path || folder.startsWith(below);
  return {
    matches: (file) => path === '' || file.startsWith(below) || (matchesItself && file === path),
    covers,
    reaches: (folder) => covers(folder) || folder === '' || path.startsWith(`${folder}/`),
  };
}

function escapeParentheses(pattern: string): string {
  return pattern.replaceAll(/(?<![!*+?@\\])\(([^()|]*)\)/g, '\\($1\\)');
}

/** Braces, brackets and parentheses are wildcards when they are pairs that hold something to choose from. */
function hasWildcard(pattern: string): boolean {
  return /[*?]|\[.*\]|\{.*(?:,|\.\.).*\}|\(.*\|.*\)|[!+@]\(/s.test(withoutEscapes(pattern));
}

/** The folders before the first that could have to do with a wildcard: alternatives may go on beyond a slash. */
function literalPart(pattern: string): string {
  const parts = pattern.split('/');
  const end = parts.findIndex((part) => /[*?[\]{}()|]/.test(withoutEscapes(part)));
  return parts.slice(0, end).join('/');
}

function withoutEscapes(pattern: string): string {
  return pattern.replaceAll(/\\./gs, '');
}

/** A backslash makes an ordinary character of the next one. */
function unescape(pattern: string): string {
  return pattern.replaceAll(/\\(.)/gs, '$1');
}
