import { FailureError } from '../../failure.ts';
import { changesBetween } from './changes.ts';
import { reactTo } from './reactTo.ts';
import type { WatchedPipeline } from './watchedPipeline.ts';
import type { WatchedRunEnd } from './watchedRun.ts';
import type { WatchSession } from './watchSession.ts';

/** Waits for a reason to run again; null when somebody asks to stop. */
export async function nextRun(
  session: WatchSession,
  watched: WatchedPipeline,
  end: WatchedRunEnd,
): Promise<WatchedPipeline | null> {
  const { stop, settling, ground, speaker } = session;
  let { last, problem: told } = end;
  // With changes of files as well it is found out, and told, once more.
  if (end.again.size > 0) told = null;
  if (told !== null) speaker.problem(told);
  const atOnce = await reactTo(session, watched, { ...end, now: last, told });
  if (atOnce instanceof FailureError) told = atOnce;
  else if (atOnce !== null) return atOnce;

  speaker.watching(last);
  for (;;) {
    await settling.settled();
    if (stop.exitCode !== null) return null;
    settling.lower();
    const now = await ground.look(watched.lookRequest);
    speaker.trouble(now);
    const again = changesBetween(last.lists, now.lists);
    const hasNewConfig = now.config !== last.config;
    const next = await reactTo(session, watched, { now, again, hasNewConfig, told });
    if (next instanceof FailureError) {
      told = next;
      speaker.watching(now);
    } else if (next !== null) return next;
    last = now;
  }
}
