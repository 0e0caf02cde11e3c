import { createCancellation } from '../../pipeline/cancellation.ts';
import { startPipeline } from '../../pipeline/runPipeline.ts';
import type { RunListener } from '../../run/events.ts';
import type { CliContext } from '../context.ts';
import { runSession, type SessionOptions } from '../runSession.ts';
import type { WatchChoice } from './watchChoice.ts';
import type { RunUnderWay } from './watchedRun.ts';

/** A run that has begun. Its end is the exit code that it asks for, or what kept it from ending well. */
export interface BegunRun extends RunUnderWay {
  over: Promise<number>;
}

/** Starts a run of a pipeline under watch, and notes which of its stages have begun. */
export function beginRun(
  options: SessionOptions,
  context: CliContext,
  { config, pipeline, request }: WatchChoice,
): BegunRun {
  const begun = new Set<number>();
  // Made here and not in the session, which takes a while to begin: what is asked meanwhile must not be lost.
  const cancellation = createCancellation();
  const noting =
    (listener: RunListener): RunListener =>
    (event) => {
      if (event.type === 'stage:started' && event.depth === 0) begun.add(event.stageIndex - 1);
      listener(event);
    };
  const over = runSession(context, options, { config, pipeline, cancellation }, (settings) =>
    startPipeline({ ...settings, listener: noting(settings.listener) }, request),
  );
  return { begun, over, cancellation };
}
