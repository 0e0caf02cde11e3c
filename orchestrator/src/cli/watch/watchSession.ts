import { FailureError } from '../../failure.ts';
import type { OutputStream } from '../present/outputStream.ts';
import type { BegunRun } from './beginRun.ts';
import type { Ground } from './ground.ts';
import type { Settling } from './settling.ts';
import type { Speaker } from './speaker.ts';
import type { StopSignal } from './stopSignal.ts';
import type { WatchChoice } from './watchChoice.ts';
import { watchedPipeline, type WatchedPipeline } from './watchedPipeline.ts';

/** What watching has to do with. */
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

/** Loads the pipeline as it has become, or finds out why it cannot be run. */
export async function reload(
  session: WatchSession,
  stderr: OutputStream,
): Promise<WatchedPipeline | FailureError> {
  try {
    return await watchedPipeline(await session.choose(stderr));
  } catch (error) {
    if (error instanceof FailureError) return error;
    throw error;
  }
}
