import { FailureError } from '../../failure.ts';
import { expectedFailure } from './expectedFailure.ts';
import type { Look } from './ground.ts';
import { nextRun } from './nextRun.ts';
import { afterRun, NO_REPETITION, type Endurance } from './repeatedChanges.ts';
import { watchedPipeline, type WatchedPipeline } from './watchedPipeline.ts';
import { goAlong, type WatchedRunEnd } from './watchedRun.ts';
import { reload, type WatchSession } from './watchSession.ts';

/** Runs and waits in turn until somebody asks it to stop. Resolves with the exit code; see `startWatch`. */
export async function watchLoop(session: WatchSession): Promise<number> {
  const { stop, settling, ground, speaker } = session;
  void stop.asked.then(() => settling.wake());
  let watched = await watchedPipeline(await session.choose(session.stderr));
  let repetition = NO_REPETITION;
  let isForced = true;
  for (let run = 1; ; run += 1) {
    settling.lower();
    // Compared with the configuration that is run: the file may have changed since it was loaded.
    const before = { ...(await ground.look(watched.lookRequest)), config: watched.choice.configText };
    if (stop.exitCode !== null) return stop.exitCode;
    const beganMs = performance.now();
    const endurance = { ...repetition, mayWriteAnything: watched.mayWriteAnything };
    const end = await runOnce(session, watched, { before, endurance, isFirst: run === 1, isForced });
    const runMs = performance.now() - beganMs;
    if (stop.exitCode !== null) return stop.exitCode;
    isForced &&= end.isSuperseded;
    speaker.trouble(end.last);
    if (end.held.length > 0) speaker.held(end.held);
    const next = await nextRun(session, watched, { end, runMs, pauses: repetition.pauses });
    if (next === null) return stop.exitCode ?? 0;
    repetition = afterRun(endurance, { changed: end.changed, ...next });
    ({ watched } = next);
  }
}

interface RunFacts {
  before: Look;
  endurance: Endurance;
  isFirst: boolean;
  isForced: boolean;
}

/** One run, however it ends. Only the first one must not fail before it has begun: a full disk may have room again later. */
async function runOnce(
  session: WatchSession,
  { choice, stages, lookRequest }: WatchedPipeline,
  { before, endurance, isFirst, isForced }: RunFacts,
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
    endurance,
    reloadProblem,
  });
  try {
    await run.over;
  } catch (error) {
    const failure = expectedFailure(error);
    if (isFirst || failure === null) throw error;
    speaker.problem(failure);
  }
  return end;
}
