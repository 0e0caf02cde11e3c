import { readCancelRequest } from '../run/cancelRequest.ts';
import { writeCompatPointers } from '../run/compatPointers.ts';
import { recordDrift } from '../run/drift.ts';
import { startHeartbeat } from '../run/heartbeat.ts';
import { isTerminal } from '../run/liveness.ts';
import type { Manifest, RunStatus } from '../run/manifestTypes.ts';
import { artifactPath, taskPaths, type RunPaths, type TaskEnvironment } from '../run/paths.ts';
import type { CancelCause } from './cancellation.ts';
import { executeStages } from './execute.ts';
import { emit, record, type OpenRun, type RunContext } from './runContext.ts';
import type { ChildRunner } from './subpipelineStage.ts';

/** What is left to tell when a run is over. */
export interface RunResult {
  env: TaskEnvironment;
  paths: RunPaths;
  manifest: Manifest;
  status: RunStatus;
  /** Why it was ended early; null otherwise. */
  cause: CancelCause | null;
  durationMs: number;
}

/**
 * Takes an open run from its first stage to its last line of evidence, then lets go of it. On an errno error what
 * can still be said is written, and the error travels on.
 */
export async function conductRun(run: OpenRun, runChild: ChildRunner): Promise<RunResult> {
  const { context, owner } = run;
  const { env, paths, store } = context;
  const startedMs = performance.now();
  const detach = announceCancellation(context);
  announceStart(run);
  const heartbeat = startHeartbeat(paths, store.manifest);
  const background = Promise.all([writeCompatPointers(env, paths), sampleDrift(context)]);
  try {
    const result = await executeStages(context, runChild);
    for (const message of (await background).flat()) emit(context, { type: 'warning', message });
    await run.finish(context, result);
    await heartbeat.stop();
  } catch (error) {
    await abandon(context, error);
    throw error;
  } finally {
    detach();
    await Promise.allSettled([background, heartbeat.stop(), store.close()]);
    await Promise.allSettled([context.journal.close(), context.privacyLog.close()]);
    await owner.release();
  }
  return conclude(context, performance.now() - startedMs);
}

function announceStart({ context, resumed }: OpenRun): void {
  const { manifest } = context.store;
  emit(context, {
    type: 'run:started',
    pipelineId: manifest.pipeline_id,
    pipelineTitle: manifest.pipeline_title,
    manifestPath: artifactPath(context.env, context.paths.manifestPath),
    logPath: manifest.log_path,
    status: manifest.status,
    resumed,
    stages: manifest.commands.map(({ id, index, title, kind, status }) => ({
      id,
      index,
      title,
      kind,
      status,
    })),
  });
}

/** Tells of a cancellation, and kills at once if whoever asked for it asked for that too. */
function announceCancellation(context: RunContext): () => void {
  const { cancellation, graceMs } = context.settings;
  const listener = () => {
    emit(context, { type: 'run:cancelling', reason: cancellation.cause ?? 'cancel', graceMs });
    void readCancelRequest(context.paths).then((request) => {
      if (request?.force === true) cancellation.forceNow();
    });
  };
  cancellation.signal.addEventListener('abort', listener, { once: true });
  return () => cancellation.signal.removeEventListener('abort', listener);
}

/** The drift report is shared by the runs of a task, so it is updated beside the first stage, never before it. */
async function sampleDrift(context: RunContext): Promise<string[]> {
  const controlPlane = context.store.manifest.control_plane;
  if (!controlPlane) return [];
  const { drift, warnings } = await recordDrift(context.env, controlPlane);
  if (drift !== null) controlPlane.drift = drift;
  return warnings;
}

/** Says in the evidence, as far as the disk still takes it, that the run ended on an error of its own. */
async function abandon(context: RunContext, error: unknown): Promise<void> {
  const { manifest } = context.store;
  const stage = manifest.commands.find((command) => command.status === 'running');
  const reason = error instanceof Error ? error.message : String(error);
  try {
    // A run that has ended already keeps its status: what failed then is only what is shared with other runs.
    if (!isTerminal(manifest)) {
      record(context, {
        type: 'run:end',
        status: 'failed',
        status_detail: stage === undefined ? 'pipeline-failed' : `stage:${stage.id}:error`,
        summary: `The run could not go on: ${reason}`,
        index: 0,
      });
    }
    await context.store.persist();
  } catch {
    // The disk that refused the evidence refuses this too; the error under way says so.
  }
}

function conclude(context: RunContext, durationMs: number): RunResult {
  const { env, paths, store, settings } = context;
  const { manifest } = store;
  emit(context, {
    type: 'run:completed',
    pipelineId: manifest.pipeline_id,
    status: manifest.status,
    statusDetail: manifest.status_detail,
    manifestPath: artifactPath(env, paths.manifestPath),
    runSummaryPath: manifest.run_summary_path,
    metricsPath: manifest.metrics_recorded ? artifactPath(env, taskPaths(env).metricsPath) : null,
    summary: manifest.summary,
    durationMs,
  });
  const cause = manifest.status === 'cancelled' ? settings.cancellation.cause : null;
  return { env, paths, manifest, status: manifest.status, cause, durationMs };
}
