/** For each file that changes while runs are going on: in how many of them in a row. */
export type RunsInARow = ReadonlyMap<string, number>;

/**
 * What is known of files that change in run after run. A stage that writes tracked files anew each time cannot be told from
 * a person who saves again and again, but for one thing: stages write only while they run. So before a file is taken for the
 * work of a stage there is a pause as long as the run was, in which a person would have saved as well, and one more run.
 */
export interface Endurance {
  runsInARow: RunsInARow;
  /** The run at hand began after such a pause, in which nothing changed. */
  isAfterPause: boolean;
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

/** Pure. */
export function weightOf(path: string, { runsInARow, isAfterPause, mayWriteAnything }: Endurance): Weight {
  const earlier = runsInARow.get(path) ?? 0;
  if (earlier < MOST_ENDED) return 'end';
  if (earlier < MOST_REPEATED) return 'repeat';
  const isKnown = earlier > BEFORE_PAUSE || (earlier === BEFORE_PAUSE && isAfterPause);
  return isKnown && mayWriteAnything ? 'nothing' : 'pause';
}

/** After a run during which these files changed. Pure. */
export function afterRun(endurance: Endurance, changed: Iterable<string>): RunsInARow {
  const runsOf = (path: string): number => {
    const runs = (endurance.runsInARow.get(path) ?? 0) + 1;
    return weightOf(path, endurance) === 'pause' ? BEFORE_PAUSE : runs;
  };
  return new Map([...changed].map((path) => [path, runsOf(path)]));
}

/** After these files changed while no stage was running: somebody saves them. Pure. */
export function afterSaving(runsInARow: RunsInARow, saved: readonly string[]): RunsInARow {
  return new Map([...runsInARow].filter(([path]) => !saved.includes(path)));
}
