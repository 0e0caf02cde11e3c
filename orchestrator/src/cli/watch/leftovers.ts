import { changedPaths, changesOf, type Changes } from './changes.ts';

/**
 * A file has to be left alone for so long, in ms, until a change of it counts again. More than the longest burst, so that one
 * who never stops writing is never taken for a person.
 */
const REST_MS = 2_000;

/**
 * Returns the function that leaves out of changes what still belongs to the run that has just ended, although nothing runs
 * any more: files that a stage seems to write are also changed by what it has left running, or, where `tee` copies
 * what is said here into one of them, by the words about the end of the run.
 */
export function leftoverFilter(suspects: readonly string[]): (changes: Changes) => Changes {
  const restedAtMs = new Map(suspects.map((path) => [path, performance.now() + REST_MS]));
  return (changes) => {
    const nowMs = performance.now();
    const leftovers = new Set(changedPaths(changes).filter((path) => nowMs < (restedAtMs.get(path) ?? 0)));
    for (const path of leftovers) restedAtMs.set(path, nowMs + REST_MS);
    return changesOf(changes, (path) => !leftovers.has(path));
  };
}
