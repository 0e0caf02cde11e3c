import { CONFIG_FILE } from '../../config/loadConfig.ts';
import { FailureError } from '../../failure.ts';
import { changedPaths, touchedStages, type Changes } from './changes.ts';
import type { Look } from './ground.ts';
import type { WatchedPipeline } from './watchedPipeline.ts';
import { reload, type WatchSession } from './watchSession.ts';

/** What has changed. */
export interface ChangesToReactTo {
  /** How everything stands now. */
  now: Look;
  again: Changes;
  hasNewConfig: boolean;
  /** What is wrong with the configuration, if people know already. */
  told: FailureError | null;
}

/**
 * Decides what to run because of changes, if anything: null for nothing; a failure when the configuration does not allow it,
 * which has been told. It is not told again with each change of a file: where what is said here ends up in a file of the
 * repository, that would never end.
 */
export async function reactTo(
  session: WatchSession,
  watched: WatchedPipeline,
  { now, again, hasNewConfig, told }: ChangesToReactTo,
): Promise<WatchedPipeline | FailureError | null> {
  const { stages, choice } = watched;
  const touched = [...touchedStages(stages, again)].toSorted((a, b) => a - b);
  if (touched.length === 0 && !hasNewConfig) return null;
  const notices: (string | Uint8Array)[] = [];
  // What is detected may be something else with every change.
  const isSame = now.config !== null && now.config === choice.configText;
  const next = isSame ? watched : await reload(session, { write: (text) => notices.push(text) });
  const isProblem = next instanceof FailureError;
  if (isProblem && !hasNewConfig && isSameFailure(next, told)) return null;

  session.speaker.changed({
    paths: changedPaths(again).filter((path) => !hasNewConfig || path !== CONFIG_FILE),
    hasNewConfig,
    touched: touched.map((at) => stages[at]?.id ?? ''),
    stages: stages.length,
  });
  for (const notice of notices) session.stderr.write(notice);
  if (isProblem) session.speaker.problem(next);
  return next;
}

function isSameFailure({ failure }: FailureError, told: FailureError | null): boolean {
  return JSON.stringify(failure) === JSON.stringify(told?.failure);
}
