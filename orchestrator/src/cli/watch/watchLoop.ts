import { CONFIG_FILE } from '../../config/loadConfig.ts';
import { FailureError } from '../../failure.ts';
import type { OutputStream } from '../present/outputStream.ts';
import type { BegunRun } from './beginRun.ts';
import { changedPaths, changesBetween, touchedStages, type Changes } from './changes.ts';
import type { Ground, Look } from './ground.ts';
import { afterRun, type RunsInARow } from './repeatedChanges.ts';
import type { Settling } from './settling.ts';
import type { Speaker } from './speaker.ts';
import type { StopSignal } from './stopSignal.ts';
import type { WatchChoice } from './watchChoice.ts';
import { watchedPipeline, type WatchedPipeline } from './watchedPipeline.ts';
import { goAlong, type WatchedRunEnd } from './watchedRun.ts';

export interface WatchSession {
  stderr: OutputStream;
  /**
   * Loads the pipeline; what is odd but no error goes to `stderr`.
   *
   * @throws FailureError for one that cannot be run.
   */
  choose(stderr: OutputStream): Promise<WatchChoice>;
  /**
   * Starts a run of it; one that cannot begin ends with a FailureError.
   *
   * @param facts.isForced - no run before it came to its end, so what was to be made anew is not yet.
   */
  begin(choice: WatchChoice, facts: { isForced: boolean }): BegunRun;
  stop: StopSignal;
  settling: Settling;
  ground: Ground;
  speaker: Speaker;
}

/** Runs and waits in turn until somebody asks it to stop. Resolves with the exit code; see `startWatch`. */
export async function watchLoop(session: WatchSession): Promise<number> {
  const { stop, settling, ground, speaker } = session;
  void stop.asked.then(() => settling.wake());
  let watched = await load(session);
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
    const reaction = await reactTo(session, watched, end.last, end);
    const next = typeof reaction === 'object' ? reaction : await idle(session, watched, end.last);
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
    try {
      // What is odd about it is told when it is loaded in earnest: a live view has the terminal now.
      await load({ ...session, stderr: { write: () => true } });
      return null;
    } catch (error) {
      return expected(error);
    }
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
    if (isFirst) throw error;
    speaker.problem(expected(error));
  }
  // With other changes it is going to be loaded again, and tells it then.
  if (end.again.size === 0 && end.problem !== null) speaker.problem(end.problem);
  return end;
}

/** Waits for a change that matters; null when somebody asks to stop. */
async function idle(
  session: WatchSession,
  watched: WatchedPipeline,
  since: Look,
): Promise<WatchedPipeline | null> {
  const { stop, settling, ground, speaker } = session;
  let last = since;
  speaker.watching(last);
  for (;;) {
    await settling.settled();
    if (stop.exitCode !== null) return null;
    settling.lower();
    const now = await ground.look(watched.lookRequest);
    speaker.trouble(now);
    const again = changesBetween(last.lists, now.lists);
    const hasNewConfig = now.config !== last.config;
    const reaction = await reactTo(session, watched, now, { again, hasNewConfig });
    if (typeof reaction === 'object') return reaction;
    if (reaction === 'problem') speaker.watching(now);
    last = now;
  }
}

/** What to run because of changes, if anything; `problem`: the configuration does not allow it, which has been told. */
async function reactTo(
  session: WatchSession,
  watched: WatchedPipeline,
  now: Look,
  { again, hasNewConfig }: { again: Changes; hasNewConfig: boolean },
): Promise<WatchedPipeline | 'nothing' | 'problem'> {
  const { stages, choice } = watched;
  const { speaker } = session;
  const touched = [...touchedStages(stages, again)].toSorted((a, b) => a - b);
  if (touched.length === 0 && !hasNewConfig) return 'nothing';
  speaker.changed({
    paths: changedPaths(again).filter((path) => !hasNewConfig || path !== CONFIG_FILE),
    hasNewConfig,
    touched: touched.map((at) => stages[at]?.id ?? ''),
    stages: stages.length,
  });
  // What is detected may be something else with every change.
  if (now.config !== null && now.config === choice.configText) return watched;
  try {
    return await load(session);
  } catch (error) {
    speaker.problem(expected(error));
    return 'problem';
  }
}

async function load(session: WatchSession): Promise<WatchedPipeline> {
  return watchedPipeline(await session.choose(session.stderr));
}

/** Lets everything pass that was not expected to go wrong. */
function expected(error: unknown): FailureError {
  if (error instanceof FailureError) return error;
  throw error;
}
