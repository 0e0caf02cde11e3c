import { readCancelRequest } from '../run/cancelRequest.ts';
import { writeCompatPointers } from '../run/compatPointers.ts';
import { recordDrift } from '../run/drift.ts';
import { startHeartbeat } from '../run/heartbeat.ts';
import type { Manifest, RunStatus } from '../run/manifestTypes.ts';
import type { RunProfile } from '../run/profile.ts';
import { artifactPath, taskPaths, type RunPaths, type TaskEnvironment } from '../run/paths.ts';
import { errorCode } from '../storage/errorCode.ts';
import { errorMessage } from '../storage/errorMessage.ts';
import { abandonRun } from './abandonRun.ts';
import type { CancelCause } from './cancellation.ts';
import { drainQueue } from './drainQueue.ts';
import { executeStages } from './execute.ts';
import { emit, type ExecutionResult, type OpenRun, type RunContext } from './runContext.ts';
import { saveProfile } from './saveProfile.ts';
import type { ChildRunner } from './subpipelineStage.ts';

/** What is left to tell when a run is over. */
export interface RunResult {
  env: TaskEnvironment;
  paths: RunPaths;
  manifest: Manifest;
  status: RunStatus;
  /** Why it was ended early; null otherwise. */
  cause: CancelCause | null;
  /** All stages ran and passed, and the cache or an earlier attempt spared nothing of any. */
  ranWhole: boolean;
  /** The exit code that a failed stage asks for; absent where 1 will do. */
  exitCode?: number;
  durationMs: number;
}

/**
 * Takes an open run from its first stage to its last line of evidence, then lets go of it. On an errno error what
 * can still be said is written, and the error travels on.
 *
 * @param onBegin called before the first stage; an error that it throws ends the run like any other
 */
export async function conductRun(
  run: OpenRun,
  runChild: ChildRunner,
  onBegin?: () => void,
): Promise<RunResult> {
  const startedMs = performance.now();
  const [ended] = await Promise.allSettled([conduct(run, runChild, onBegin)]);
  // However it ended: others may have queued behind this run and count on it.
  run.context.profiler.enter('drain');
  const [drained] = await Promise.allSettled([drainQueue(run.context)]);
  const profile = saveProfile(run);
  if (ended.status === 'rejected') throw ended.reason;
  if (drained.status === 'rejected') throw drained.reason;
  return conclude(run.context, ended.value, performance.now() - startedMs, profile);
}

async function conduct(run: OpenRun, runChild: ChildRunner, onBegin?: () => void): Promise<ExecutionResult> {
  const { context, owner } = run;
  const { env, paths, store, profiler } = context;
  const detach = announceCancellation(context);
  announceStart(run);
  const heartbeat = startHeartbeat(paths, store.manifest, env.activity);
  let execution: ExecutionResult;
  let drift: Promise<string[]> = Promise.resolve([]);
  try {
    onBegin?.();
    profiler.enter('stages');
    const executed = executeStages(context, runChild);
    // The first stage is under way: it does not wait for what is written for others.
    drift = sampleDrift(context);
    // Judged once the stages are over; until then a failure must not count as unhandled, which would end the process.
    drift.catch(() => {});
    for (const message of writeCompatPointers(env, paths)) emit(context, { type: 'warning', message });
    execution = await executed;
    await closeCache(context);
    profiler.enter('finish');
    for (const message of await drift) emit(context, { type: 'warning', message });
    await run.finish(context, execution);
  } catch (error) {
    profiler.enter('finish');
    await abandonRun(context, error);
    throw error;
  } finally {
    detach();
    await Promise.allSettled([drift, store.close()]);
    heartbeat.stop();
    await Promise.allSettled([context.journal.close(), context.privacyLog.close()]);
    await owner.release();
  }
  return execution;
}

/** Child runs share it with the run that began them. */
async function closeCache(context: RunContext): Promise<void> {
  if (context.depth > 0) return;
  await context.settings.cache?.close((message) => emit(context, { type: 'warning', message }));
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
    stages: manifest.commands.map(({ id, index, title, kind, status }) => {
      const stage = context.plan.stages[index - 1];
      const builtin = stage?.kind === 'command' && stage.builtin !== undefined;
      return { id, index, title, kind, builtin, status };
    }),
  });
}

/** Tells of a cancellation, and kills at once if whoever asked for it asked for that too. */
function announceCancellation(context: RunContext): () => void {
  const { cancellation, graceMs } = context.settings;
  const listener = () => {
    emit(context, { type: 'run:cancelling', reason: cancellation.cause ?? 'cancel', graceMs });
    void readCancelRequest(context.paths, context.env.activity).then((request) => {
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
    return [`Drift sample not counted: ${errorMessage(error)}`];
  }
}

function conclude(
  context: RunContext,
  { exitCode, ranWhole }: ExecutionResult,
  durationMs: number,
  profile: RunProfile,
): RunResult {
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
    profile,
  });
  const cause = manifest.status === 'cancelled' ? settings.cancellation.cause : null;
  const asked = exitCode !== undefined && { exitCode };
  return { env, paths, manifest, status: manifest.status, cause, ranWhole, ...asked, durationMs };
}
