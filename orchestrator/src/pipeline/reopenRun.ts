import { FailureError } from '../failure.ts';
import { clearCancelRequest } from '../run/cancelRequest.ts';
import { claimExistingRun } from '../run/claimRun.ts';
import { checkRunRequest, controlPlaneRecord, guardModes } from '../run/controlPlane.ts';
import { pendingCommand } from '../run/createManifest.ts';
import type { CommandRecord, Manifest } from '../run/manifestTypes.ts';
import { runPaths, type TaskEnvironment } from '../run/paths.ts';
import { createProfiler } from '../run/profile.ts';
import { readRun } from '../run/readRun.ts';
import { findCommand } from '../run/projection.ts';
import { beginSchedulerAttempt } from '../run/schedulerRecord.ts';
import { sweepTempFiles } from '../storage/sweepTempFiles.ts';
import { endLeftovers } from './endLeftovers.ts';
import { finishRun } from './finishRun.ts';
import { openRun } from './openRun.ts';
import type { RunPlan } from './plan.ts';
import { recallStageKeys } from './recallStageKeys.ts';
import { manifestStages, type OpenRun, type RunSettings } from './runContext.ts';
import { createStageKeys } from './stageKeys.ts';

export interface ResumeRequest {
  env: TaskEnvironment;
  runId: string;
  plan: RunPlan;
  /** Environment from pipeline aliases. */
  overrides: Record<string, string>;
  actor: string;
  reason: string;
  depth: number;
  /** Of a child run: keys of what its stages need as a whole; null when one of them is not known. */
  keysAbove?: Readonly<Record<string, string>> | null;
}

/**
 * Opens an existing run again: claims it, ends what its dead owner left running, and keeps every stage whose
 * success was recorded. Throws `run-is-live` while its owner may be alive, and errno errors.
 */
export async function reopenRun(settings: RunSettings, request: ResumeRequest): Promise<OpenRun> {
  const { plan, overrides, depth, actor, reason } = request;
  const profiler = createProfiler();
  const { activity } = profiler;
  const env = { ...request.env, activity };
  if (plan.stages.length === 0) throw new FailureError({ kind: 'no-stages', pipelineId: plan.pipeline.id });
  checkRunRequest({ task: { id: env.taskId, slug: env.taskId, title: env.taskId }, pipeline: plan.pipeline });
  const paths = runPaths(env, request.runId);
  const claim = await claimExistingRun(paths, activity);
  return openRun(claim, async () => {
    // Read only now: until the claim the former owner may still have been writing.
    const manifest = await readRun(paths, activity);
    await Promise.all([
      endLeftovers(paths, settings.graceMs, settings.cancellation.force, activity),
      ...[paths.manifestPath, paths.heartbeatPath, paths.runSummaryPath].map((file) =>
        sweepTempFiles(file, { olderThanMs: 0 }),
      ),
      clearCancelRequest(paths),
    ]);
    const now = new Date().toISOString();
    manifest.commands = rematch(manifest, plan);
    manifest.plan_target_id = plan.document.targetId;
    manifest.heartbeat_at = now;
    manifest.resume_token ||= claim.resumeToken;
    if (manifest.control_plane) {
      // The request of this attempt was checked like any other; another tool may have recorded a failed check.
      const mode = guardModes(settings.processEnv).controlPlane;
      manifest.control_plane = controlPlaneRecord(manifest.run_id, mode, now);
    }
    beginSchedulerAttempt(manifest, now);
    const keys = createStageKeys(plan.stages, request.keysAbove);
    const { cache, startDirectory } = settings;
    if (cache !== null) {
      const placed = { env, pipelineId: plan.pipeline.id, startDirectory };
      await recallStageKeys({
        journalPath: paths.journalPath,
        stages: plan.stages,
        keys,
        activity,
        isInPlace: (stage, key) => cache.isInPlace({ ...placed, stage }, key),
      });
    }
    const stages = plan.stages.map((stage) => stage.id);
    return {
      settings,
      env,
      plan,
      overrides,
      depth,
      profiler,
      keys,
      manifest,
      firstFact: { type: 'run:resume', actor, reason, stages, index: 0 },
      finish: finishRun,
    };
  });
}

/**
 * Brings the recorded stages in line with the pipeline as it is configured now: a stage is found again by its id
 * (by position where ids repeat), new stages are pending, stages that are gone stay in the journal only.
 */
function rematch(manifest: Manifest, plan: RunPlan): CommandRecord[] {
  return manifestStages(plan).map((stage, offset) => {
    const fresh = pendingCommand(stage, offset);
    const recorded = findCommand(manifest, stage.id, offset + 1);
    if (recorded === undefined || recorded.kind !== stage.kind) return fresh;
    const proven = recorded.status === 'succeeded' || recorded.status === 'skipped';
    if (proven) return { ...recorded, index: fresh.index, title: fresh.title };
    const { started_at, log_path, error_file, sub_run_id } = recorded;
    return { ...fresh, started_at, log_path, error_file, sub_run_id };
  });
}
