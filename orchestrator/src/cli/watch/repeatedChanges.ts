/** For each file that changes while runs are going on: in how many of them in a row. */
export type RunsInARow = ReadonlyMap<string, number>;

/** How often in a row things have happened. */
export interface Repetition {
  runsInARow: RunsInARow;
  /** Runs during which any file changed: a stage may give a new name to what it writes each time. */
  busyRuns: number;
  /** Pauses in which nothing changed, the last of them right before the run at hand. */
  pauses: number;
}

export const NO_REPETITION: Repetition = { runsInARow: new Map(), busyRuns: 0, pauses: 0 };

/**
 * What is known of files that change in run after run. A stage that writes tracked files anew each time cannot be told from
 * a person who saves again and again, but for one thing: stages write only while they run. So before a file is taken for the
 * work of a stage there is a pause as long as the run was, in which a person would have saved as well, and one more run.
 */
export interface Endurance extends Repetition {
  /**
   * Some stage has no cache, and may write whatever it likes. Where all have one nothing is ever left alone: none of them may
   * write what it reads, and the outputs of all are known.
   */
  mayWriteAnything: boolean;
}

/** What a change during a run is good for. */
export type Weight =
  /** It ends a run that it makes pointless. */
  | 'end'
  /** It lets the run come to its end, and another one follow: perhaps a stage writes it and needs its time to. */
  | 'repeat'
  /** So it does, but the other one follows after a pause. */
  | 'pause'
  /** It is taken for the work of a stage. Another run would only change it again. */
  | 'nothing';

/** So many runs in a row are ended by changes of the same file. */
const MOST_ENDED = 2;
/** So many runs in a row follow each other at once because of the same file. */
const MOST_REPEATED = 3;
/** After so many runs in a row there is a pause. */
const BEFORE_PAUSE = 4;
/** The same for changes of any files: people save many in a row, but then they wait for a result. */
const MOST_BUSY_ENDED = 4;
const MOST_BUSY_REPEATED = 6;

/** Pure. */
export function weightOf(path: string, endurance: Endurance): Weight {
  const { runsInARow, busyRuns, pauses, mayWriteAnything } = endurance;
  const earlier = runsInARow.get(path) ?? 0;
  if (earlier < MOST_ENDED && busyRuns < MOST_BUSY_ENDED) return 'end';
  if (earlier < MOST_REPEATED && busyRuns < MOST_BUSY_REPEATED) return 'repeat';
  const isKnown = earlier > BEFORE_PAUSE || (earlier === BEFORE_PAUSE && pauses > 0);
  return isKnown && mayWriteAnything ? 'nothing' : 'pause';
}

/** What happened during a run, and until the next one. */
export interface RunBehind {
  /** Files that changed while it was going on. */
  changed: Iterable<string>;
  /** Files that changed while nothing was running: somebody saves them. */
  saved: readonly string[];
  /** There was a pause, in which nothing changed. */
  wasPaused: boolean;
}

/** Counts on. Pure. */
export function afterRun(endurance: Endurance, { changed, saved, wasPaused }: RunBehind): Repetition {
  const runsOf = (path: string): number => {
    const runs = (endurance.runsInARow.get(path) ?? 0) + 1;
    return weightOf(path, endurance) === 'pause' ? BEFORE_PAUSE : runs;
  };
  const files = [...changed];
  const isBusy = files.length > 0 && saved.length === 0;
  return {
    runsInARow: new Map(files.filter((path) => !saved.includes(path)).map((path) => [path, runsOf(path)])),
    busyRuns: isBusy ? endurance.busyRuns + 1 : 0,
    pauses: wasPaused ? endurance.pauses + 1 : 0,
  };
}
