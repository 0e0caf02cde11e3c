import type { WatchedStage } from './watchedStages.ts';

/** What files hold, by their paths, as far as a list of input globs chooses them. */
export type SeenFiles = ReadonlyMap<string, string>;

/** The files of all lists of input globs; keys as {@link listKey} makes them. */
export type SeenLists = ReadonlyMap<string, SeenFiles>;

/** Paths of files that came, went or hold something else, by the lists that choose them; lists without any are left out. */
export type Changes = ReadonlyMap<string, readonly string[]>;

export const NO_CHANGES: Changes = new Map();

/** A list of globs as a key. */
export function listKey(globs: readonly string[]): string {
  return JSON.stringify(globs);
}

/** Compares two looks. Nothing is known to have changed in a list that was not looked at before. Pure. */
export function changesBetween(before: SeenLists, after: SeenLists): Changes {
  return collect(after, (key, files) => differences(before.get(key) ?? files, files));
}

/** The changes of those files for which `isWanted` holds. Pure. */
export function changesOf(changes: Changes, isWanted: (path: string) => boolean): Changes {
  return collect(changes, (_key, paths) => paths.filter(isWanted));
}

/** Both together. Pure. */
export function allChanges(some: Changes, more: Changes): Changes {
  const keys = new Map([...some, ...more]);
  return collect(keys, (key) => [...new Set([...(some.get(key) ?? []), ...(more.get(key) ?? [])])]);
}

/** The files, each once, in the order of their paths. Pure. */
export function changedPaths(changes: Changes): string[] {
  return [...new Set([...changes.values()].flat())].toSorted();
}

/** Positions of the stages that read a changed file, and of all that need one of them. Pure. */
export function touchedStages(stages: readonly WatchedStage[], changes: Changes): Set<number> {
  const reading = [...stages.keys()].filter((at) =>
    stages[at]?.inputs.some((globs) => changes.has(listKey(globs))),
  );
  const touched = new Set(reading);
  // A set that grows while it is gone through: each of its members is visited.
  for (const at of touched) {
    stages.forEach(({ needs }, other) => {
      if (needs.includes(at)) touched.add(other);
    });
  }
  return touched;
}

function collect<T>(
  lists: ReadonlyMap<string, T>,
  pathsOf: (key: string, value: T) => readonly string[],
): Changes {
  const found = [...lists].map(([key, value]): [string, readonly string[]] => [key, pathsOf(key, value)]);
  return new Map(found.filter(([, paths]) => paths.length > 0));
}

function differences(before: SeenFiles, after: SeenFiles): string[] {
  if (before === after) return [];
  const gone = [...before.keys()].filter((path) => !after.has(path));
  const other = [...after].filter(([path, content]) => before.get(path) !== content).map(([path]) => path);
  return [...gone, ...other];
}
