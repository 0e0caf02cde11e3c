import { FailureError } from '../../failure.ts';
import type { Look } from './ground.ts';
import { nextRun } from './nextRun.ts';
import { afterRun, type RunsInARow } from './repeatedChanges.ts';
import { watchedPipeline, type WatchedPipeline } from './watchedPipeline.ts';
import { goAlong, type WatchedRunEnd } from './watchedRun.ts';
import { reload, type WatchSession } from './watchSession.ts';

/** Runs and waits in turn until somebody asks it to stop. Resolves with the exit code; see `startWatch`. */
export async function watchLoop(session: WatchSession): Promise<number> {
  const { stop, settling, ground, speaker } = session;
  void stop.asked.then(() => settling.wake());
  let watched = await watchedPipeline(await session.choose(session.stderr));
  let runsInARow: RunsInARow = new Map();
  let isForced = true;
  for (let run = 1; ; run += 1) {
    settling.lower();
    // Compared with the configuration that is run: the file may have changed since it was loaded.
    const before = { ...(await ground.look(watched.lookRequest)), config: watched.choice.configText };
    if (stop.exitCode !== null) return stop.exitCode;
    const end = await runOnce(session, watched, { before, runsInARow, isFirst: run === 1, isForced });
    if (stop.exitCode !== null) return stop.exitCode;
    runsInARow = afterRun(runsInARow, end.changed);
    isForced &&= end.isSuperseded;
    speaker.trouble(end.last);
    if (end.held.length > 0) speaker.held(end.held);
    const next = await nextRun(session, watched, end);
    if (next === null) return stop.exitCode ?? 0;
    watched = next;
  }
}

interface RunFacts {
  before: Look;
  runsInARow: RunsInARow;
  isFirst: boolean;
  isForced: boolean;
}

/** One run, however it ends. Only the first one must not fail before it has begun. */
async function runOnce(
  session: WatchSession,
  { choice, stages, lookRequest }: WatchedPipeline,
  { before, runsInARow, isFirst, isForced }: RunFacts,
): Promise<WatchedRunEnd> {
  const { ground, settling, speaker } = session;
  const reloadProblem = async (): Promise<FailureError | null> => {
    // What is odd about it is told when it is loaded in earnest: a live view has the terminal now.
    const outcome = await reload(session, { write: () => true });
    return outcome instanceof FailureError ? outcome : null;
  };
  const run = session.begin(choice, { isForced });
  const end = await goAlong(run, {
    ground,
    settling,
    lookRequest,
    stages,
    before,
    runsInARow,
    reloadProblem,
  });
  try {
    await run.over;
  } catch (error) {
    if (isFirst || !(error instanceof FailureError)) throw error;
    speaker.problem(error);
  }
  return end;
}
