/**
 * For each file that changes while runs are going on: in how many of them in a row. A stage that writes tracked files anew
 * each time cannot be told from a person who does, but by its endurance.
 */
export type RunsInARow = ReadonlyMap<string, number>;

/** What a change during a run is good for. */
export type Weight =
  /** It ends a run that it makes pointless. */
  | 'end'
  /** It lets the run come to its end, and another one follow: perhaps a stage writes it and needs its time to. */
  | 'repeat'
  /** It is taken for the work of a stage. Another run would only change it again. */
  | 'nothing';

/** So many runs in a row are ended by changes of the same file. */
const MOST_ENDED = 2;
/** So many runs in a row follow each other because of the same file. */
const MOST_REPEATED = 3;

/** @param earlier - runs before this one. Pure. */
export function weightOf(path: string, earlier: RunsInARow): Weight {
  const runs = (earlier.get(path) ?? 0) + 1;
  if (runs <= MOST_ENDED) return 'end';
  return runs <= MOST_REPEATED ? 'repeat' : 'nothing';
}

/** After a run during which these files changed. Pure. */
export function afterRun(earlier: RunsInARow, changed: Iterable<string>): RunsInARow {
  return new Map([...changed].map((path) => [path, (earlier.get(path) ?? 0) + 1]));
}
