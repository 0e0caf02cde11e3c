import type { FailureError } from '../../failure.ts';
import type { RunCancellation } from '../../pipeline/cancellation.ts';
import { allChanges, changedPaths, changesBetween, changesOf, NO_CHANGES, touchedStages } from './changes.ts';
import type { Changes } from './changes.ts';
import type { Ground, Look, LookRequest } from './ground.ts';
import { weightOf, type Endurance, type Weight } from './repeatedChanges.ts';
import type { Settling } from './settling.ts';
import type { WatchedStage } from './watchedStages.ts';

/** A run that can be ended early, as far as it has come. */
export interface RunUnderWay {
  cancellation: Pick<RunCancellation, 'cancel'>;
  /** Positions of the stages that have begun. */
  begun: ReadonlySet<number>;
  /** Settles when it is over. */
  over: Promise<unknown>;
}

export interface WatchedRunRequest {
  ground: Ground;
  settling: Settling;
  lookRequest: LookRequest;
  stages: readonly WatchedStage[];
  /** How everything stood before the run. */
  before: Look;
  endurance: Endurance;
  /** Why what the configuration file has become cannot be run; null when it can. */
  reloadProblem(): Promise<FailureError | null>;
}

/** What happened to files during a run. */
export interface WatchedRunEnd {
  /** How everything stood at last. */
  last: Look;
  /** Changes that make another run necessary. */
  again: Changes;
  /** All of them are of files that a stage perhaps writes anew in each run. */
  needsPause: boolean;
  /** So does the configuration. */
  hasNewConfig: boolean;
  /** What is wrong with the configuration as it is at last, if that was found out. */
  problem: FailureError | null;
  /** The run was ended early because of them. */
  isSuperseded: boolean;
  /** All files that changed. */
  changed: ReadonlySet<string>;
  /** Files that changed and are taken for the work of a stage. */
  held: string[];
}

/**
 * Goes along with a run to its end, and ends it when a change has made it pointless: one that touches a stage which has
 * begun. A stage that has not will see the change itself.
 *
 * @throws what looking at files throws, once the run is over. How the run ended is for its starter to ask.
 */
export async function goAlong(run: RunUnderWay, request: WatchedRunRequest): Promise<WatchedRunEnd> {
  const { settling, ground, lookRequest, stages, endurance } = request;
  const changed = new Set<string>();
  let last = request.before;
  let pending: Changes = NO_CHANGES;
  let hasNewConfig = false;
  let problem: FailureError | null = null;

  const touchesBegun = (changes: Changes): boolean =>
    [...touchedStages(stages, changes)].some((at) => run.begun.has(at));
  const weighing = (...weights: Weight[]): Changes =>
    changesOf(pending, (path) => weights.includes(weightOf(path, endurance)));
  const look = async (): Promise<void> => {
    settling.lower();
    const now = await ground.look(lookRequest);
    const changes = changesBetween(last.lists, now.lists);
    if (now.config !== last.config) {
      const isOther = now.config !== request.before.config;
      problem = isOther ? await request.reloadProblem() : null;
      hasNewConfig = isOther && problem === null;
    }
    last = now;
    for (const path of changedPaths(changes)) changed.add(path);
    if (touchesBegun(changes)) pending = allChanges(pending, changes);
  };
  const end = (isSuperseded: boolean): WatchedRunEnd => {
    // What came and went has left nothing to run for, unless the run was ended because of it.
    const remains = (path: string): boolean =>
      isSuperseded || [request.before, last].some(({ lists }) => isIn(lists, path));
    const remaining = (...weights: Weight[]): Changes => changesOf(weighing(...weights), remains);
    const again = remaining('end', 'repeat', 'pause');
    const isInDoubt = again.size > 0 && remaining('end', 'repeat').size === 0;
    return {
      last,
      again,
      needsPause: isInDoubt && !hasNewConfig && !isSuperseded,
      hasNewConfig,
      problem,
      isSuperseded,
      changed,
      held: isSuperseded ? [] : changedPaths(remaining('nothing')),
    };
  };

  let isOver = false;
  const ending = Promise.allSettled([run.over]).then(() => {
    isOver = true;
    settling.wake();
  });
  try {
    for (;;) {
      await settling.settled();
      if (isOver) break;
      await look();
      if (!hasNewConfig && !touchesBegun(weighing('end'))) continue;
      run.cancellation.cancel('superseded');
      return end(true);
    }
    // What the last stage wrote is part of the run.
    settling.lower();
    if (settling.isUnsettled) await settling.settled();
    await look();
    return end(false);
  } finally {
    await ending;
  }
}

function isIn(lists: Look['lists'], path: string): boolean {
  return [...lists.values()].some((files) => files.has(path));
}
