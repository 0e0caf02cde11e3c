import type { RunCancellation } from '../../pipeline/cancellation.ts';
import { startPipeline } from '../../pipeline/runPipeline.ts';
import type { RunListener } from '../../run/events.ts';
import type { StartOptions } from '../commands/definitions/start.ts';
import type { CliContext } from '../context.ts';
import { runSession } from '../runSession.ts';
import type { WatchChoice } from './watchChoice.ts';
import type { RunUnderWay } from './watchedRun.ts';

/** A run that has begun. Its end is the exit code that it asks for, or what kept it from ending well. */
export interface BegunRun extends RunUnderWay {
  over: Promise<number>;
}

/** Starts a run of a pipeline under watch, and notes which of its stages have begun. */
export function beginRun(
  options: StartOptions,
  context: CliContext,
  { config, pipeline, request }: WatchChoice,
): BegunRun {
  const begun = new Set<number>();
  let cancellation: RunCancellation | null = null;
  const noting =
    (listener: RunListener): RunListener =>
    (event) => {
      if (event.type === 'stage:started' && event.depth === 0) begun.add(event.stageIndex - 1);
      listener(event);
    };
  const over = runSession(context, options, { config, pipeline }, (settings) => {
    cancellation = settings.cancellation;
    return startPipeline({ ...settings, listener: noting(settings.listener) }, request);
  });
  return { begun, over, cancellation: { cancel: (cause) => cancellation?.cancel(cause) } };
}
