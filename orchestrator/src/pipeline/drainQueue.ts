import { readRun } from '../run/readRun.ts';
import { errorCode } from '../storage/errorCode.ts';
import { errorMessage } from '../storage/errorMessage.ts';
import { emit, type RunContext } from './runContext.ts';

/**
 * Merges what was queued while the metrics of the task were locked, once nobody owns this run any more, and takes over
 * what its manifest on disk says since. A run that has ended well is no worse for a queue that has to wait for the next
 * one.
 */
export async function drainQueue(context: RunContext): Promise<void> {
  const { env, paths, settings, store } = context;
  try {
    const { warnings } = await settings.drain(env);
    for (const message of warnings) emit(context, { type: 'warning', message });
    if (store.manifest.metrics_recorded) return;
    store.manifest.metrics_recorded = (await readRun(paths, env.activity)).metrics_recorded;
  } catch (error) {
    if (errorCode(error) === '') throw error;
    emit(context, { type: 'warning', message: `Queued metrics were not merged: ${errorMessage(error)}` });
  }
}
