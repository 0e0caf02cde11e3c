import { FailureError } from '../../failure.ts';
import { changedPaths, changesBetween } from './changes.ts';
import type { Look } from './ground.ts';
import { leftoverFilter } from './leftovers.ts';
import { reactTo } from './reactTo.ts';
import type { WatchedPipeline } from './watchedPipeline.ts';
import type { WatchedRunEnd } from './watchedRun.ts';
import type { WatchSession } from './watchSession.ts';

/** A reason to run again. */
export interface NextRun {
  watched: WatchedPipeline;
  /** Files that changed while nothing was running. */
  saved: readonly string[];
  /** There was a pause, and nothing changed in it. */
  wasPaused: boolean;
}

/** How long the first pause is at least and at most, in ms. The least is more than leftovers of a run take to rest. */
const SHORTEST_PAUSE_MS = 3_000;
const LONGEST_PAUSE_MS = 30_000;
/** Each further one is twice as long, up to this, in ms: where no file can be told to be a stage's, runs go on for ever. */
const LONGEST_FURTHER_PAUSE_MS = 60_000;

/**
 * Waits for a reason to run again; null when somebody asks to stop.
 *
 * @param runMs - how long the run took.
 * @param pauses - how many pauses in a row there were before it.
 */
export async function nextRun(
  session: WatchSession,
  watched: WatchedPipeline,
  { end, runMs, pauses }: { end: WatchedRunEnd; runMs: number; pauses: number },
): Promise<NextRun | null> {
  const { stop, speaker } = session;
  const again = changedPaths(end.again);
  const wait: Wait = {
    watched,
    last: end.last,
    told: null,
    withoutLeftovers: leftoverFilter([...end.held, ...(end.needsPause ? again : [])]),
  };
  if (again.length === 0 && end.problem !== null) {
    wait.told = end.problem;
    speaker.problem(end.problem);
  }
  if (end.needsPause) {
    const firstMs = Math.max(SHORTEST_PAUSE_MS, Math.min(runMs, LONGEST_PAUSE_MS));
    const pauseMs = Math.min(firstMs * 2 ** pauses, LONGEST_FURTHER_PAUSE_MS);
    speaker.pausing(again, pauseMs);
    const change = await untilChange(session, wait, pauseMs);
    if (change !== null || stop.exitCode !== null) return change;
  }
  const { last, told } = wait;
  const { hasNewConfig } = end;
  const next = await reactTo(session, watched, { again: end.again, hasNewConfig, now: last, told });
  if (next instanceof FailureError) wait.told = next;
  else if (next !== null) return { watched: next, saved: [], wasPaused: end.needsPause };
  speaker.watching(wait.last);
  return untilChange(session, wait);
}

/** What is known while nothing runs. */
interface Wait {
  watched: WatchedPipeline;
  last: Look;
  /** What is wrong with the configuration, as far as it was told. */
  told: FailureError | null;
  withoutLeftovers: ReturnType<typeof leftoverFilter>;
}

/** Waits for a change that matters; null when somebody asks to stop, or nothing has come in time. */
async function untilChange(
  session: WatchSession,
  wait: Wait,
  timeoutMs: number | null = null,
): Promise<NextRun | null> {
  const { stop, settling, ground, speaker } = session;
  let isOver = false;
  const end = (): void => {
    isOver = true;
    settling.wake();
  };
  const timer = timeoutMs === null ? undefined : setTimeout(end, timeoutMs);
  try {
    for (;;) {
      await settling.settled();
      if (stop.exitCode !== null) return null;
      settling.lower();
      const now = await ground.look(wait.watched.lookRequest);
      speaker.trouble(now);
      const again = wait.withoutLeftovers(changesBetween(wait.last.lists, now.lists));
      const hasNewConfig = now.config !== wait.last.config;
      wait.last = now;
      const next = await reactTo(session, wait.watched, { now, again, hasNewConfig, told: wait.told });
      if (next instanceof FailureError) {
        wait.told = next;
        if (timeoutMs === null) speaker.watching(now);
      } else if (next !== null) {
        return { watched: next, saved: changedPaths(again), wasPaused: false };
      }
      if (isOver) return null;
    }
  } finally {
    clearTimeout(timer);
  }
}
