import type { IgnoreAnswer } from './ignoreAnswer.ts';

/** What is ignored in all repositories below the root of the inputs. */
export interface IgnoredPaths {
  /** The ignored names in a folder that is not itself ignored as a whole, if there are any. */
  namesIn(folder: string): ReadonlySet<string> | undefined;
  /** Whether a path, or a folder above it, is ignored; also a folder in which there is nothing but ignored files. */
  holds(path: string): boolean;
}

/** Puts together what git answered. */
export function ignoredPaths(answers: readonly IgnoreAnswer[]): IgnoredPaths {
  const paths = answers.flatMap((answer) => answer.paths).toSorted();
  const all = new Set(paths.map(withoutSlash));
  const byFolder = new Map<string, Set<string>>();
  paths.forEach((path, at) => {
    // git also lists a folder that it does not ignore when all that is in it now is ignored, and then its files too.
    // Something that it does not ignore may come to be in there later.
    if (path.endsWith('/') && paths[at + 1]?.startsWith(path) === true) return;
    const whole = withoutSlash(path);
    const end = whole.lastIndexOf('/');
    const folder = whole.slice(0, Math.max(0, end));
    const names = byFolder.get(folder) ?? new Set();
    byFolder.set(folder, names.add(whole.slice(end + 1)));
  });
  return {
    namesIn: (folder) => byFolder.get(folder),
    holds: (path) => path.split('/').some((_, at, names) => all.has(names.slice(0, at + 1).join('/'))),
  };
}

function withoutSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path;
}
