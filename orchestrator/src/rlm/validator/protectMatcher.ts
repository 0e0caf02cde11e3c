import type Picomatch from 'picomatch';

/**
 * What is written by package managers, git and test runners while nobody changes anything. A glob protects files below
 * such a name only if it has the name in it.
 */
export const LEFT_OUT = [
  'node_modules',
  '.git',
  '__pycache__',
  '.pytest_cache',
  '.mypy_cache',
  '.ruff_cache',
  '.DS_Store',
];

/**
 * Tells whether globs protect a path, which is relative to the root of the repository, with forward slashes.
 *
 * Globs are relative to that root, `./` or `/` before them or not; `*` also stands for names that begin with a dot. What
 * matches a folder protects all that lies below it. A glob with `!` before it makes exceptions.
 */
export async function protectMatcher(globs: readonly string[]): Promise<(path: string) => boolean> {
  const { default: picomatch } = await import('picomatch');
  const matchers = (paths: readonly string[]) => paths.map((path) => matcher(picomatch, path));
  const { protect, except } = globPaths(globs);
  const [protecting, excepting] = [matchers(protect), matchers(except)];
  return (path) => protecting.some((matches) => matches(path)) && !excepting.some((matches) => matches(path));
}

/** Globs without what may stand around them: those that protect, and those that make exceptions. */
export function globPaths(globs: readonly string[]): { protect: string[]; except: string[] } {
  const isException = (glob: string): boolean => glob.trimStart().startsWith('!');
  const paths = (chosen: string[]): string[] =>
    // Nothing outside the repository is under protection.
    chosen.map(fromRoot).filter((path) => path !== '' && !names(path, '..'));
  return {
    protect: paths(globs.filter((glob) => !isException(glob))),
    except: paths(globs.filter(isException).map((glob) => glob.trimStart().slice(1))),
  };
}

/** Whether a path, or a glob, has such a name among its folders or as its last part. */
export function names(path: string, name: string): boolean {
  return `/${path}/`.includes(`/${name}/`);
}

function matcher(picomatch: typeof Picomatch, glob: string): (path: string) => boolean {
  const matches = picomatch([glob, `${glob}/**`], { dot: true });
  const leftOut = LEFT_OUT.filter((name) => !names(glob, name));
  return (path) => {
    // Names with brackets are common in some frameworks (`app/[id]/page.test.ts`) and not meant as patterns there.
    const isNamed = path === glob || path.startsWith(`${glob}/`);
    return (isNamed || matches(path)) && !leftOut.some((name) => names(path, name));
  };
}

function fromRoot(glob: string): string {
  const trimmed = glob.trim();
  if (trimmed === '') return '';
  const path = trimmed.replace(/^(?:\.?\/+)+/, '').replace(/\/+$/, '');
  return path === '' || path === '.' ? '**' : path;
}
