import { readCancelRequest } from '../run/cancelRequest.ts';
import { writeCompatPointers } from '../run/compatPointers.ts';
import { recordDrift } from '../run/drift.ts';
import { startHeartbeat } from '../run/heartbeat.ts';
import type { JournalEvent } from '../run/journalEvents.ts';
import { isTerminal } from '../run/liveness.ts';
import type { Manifest, RunStatus } from '../run/manifestTypes.ts';
import { artifactPath, taskPaths, type RunPaths, type TaskEnvironment } from '../run/paths.ts';
import { errorCode } from '../storage/errorCode.ts';
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
  for (const message of writeCompatPointers(env, paths)) emit(context, { type: 'warning', message });
  const drift = sampleDrift(context);
  // Judged once the stages are over; until then a failure must not count as unhandled, which would end the process.
  drift.catch(() => {});
  try {
    const result = await executeStages(context, runChild);
    for (const message of await drift) emit(context, { type: 'warning', message });
    await run.finish(context, result);
  } catch (error) {
    await abandon(context, error);
    throw error;
  } finally {
    detach();
    await Promise.allSettled([drift, store.close()]);
    heartbeat.stop();
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
  try {
    const { drift, warnings } = await recordDrift(context.env, controlPlane);
    if (drift !== null) controlPlane.drift = drift;
    return warnings;
  } catch (error) {
    if (errorCode(error) === '') throw error;
    return [`Drift sample not counted: ${messageOf(error)}`];
  }
}

/** Says in the evidence, as far as the disk still takes it, that the run ended on an error of its own. */
async function abandon(context: RunContext, error: unknown): Promise<void> {
  const { store } = context;
  // A run that has ended already keeps its status: what failed then is only what is shared with other runs.
  if (!isTerminal(store.manifest)) {
    for (const event of lastEvents(context, messageOf(error))) {
      try {
        record(context, event);
      } catch {
        // It may be the journal that refuses. Then the manifest alone tells how the run ended.
        store.apply({ ...event, timestamp: new Date().toISOString() });
      }
    }
  }
  try {
    await store.persist();
  } catch {
    // The disk that refused the evidence refuses this too; the error under way says so.
  }
}

function lastEvents({ store, plan }: RunContext, reason: string): JournalEvent[] {
  const { commands, handles } = store.manifest;
  const running = commands.find((command) => command.status === 'running');
  const end: JournalEvent = {
    type: 'run:end',
    status: 'failed',
    status_detail: running === undefined ? 'pipeline-failed' : `stage:${running.id}:error`,
    summary: `The run could not go on: ${reason}`,
    index: 0,
  };
  if (running === undefined) return [end];
  const startedAt = running.started_at ?? '';
  const facts = {
    duration_ms: Date.now() - Date.parse(startedAt),
    status: 'failed' as const,
    summary: `Execution error: ${reason}`,
    stage_id: running.id,
    index: running.index,
  };
  const stage = plan.stages[running.index - 1];
  if (stage?.kind === 'subpipeline') {
    return [{ type: 'subpipeline:end', pipeline: stage.pipeline, child: null, ...facts }, end];
  }
  const attempts = handles?.filter(
    (handle) => handle.stage_id === running.id && handle.created_at >= startedAt,
  );
  const outcome = { exit_code: null, signal: null, error_file: null, attempts: attempts?.length ?? 0 };
  return [{ type: 'command:end', ...outcome, ...facts }, end];
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
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
