import { FailureError } from '../failure.ts';
import { claimNewRun } from '../run/claimRun.ts';
import { checkRunRequest, controlPlaneRecord, guardModes } from '../run/controlPlane.ts';
import { createManifest } from '../run/createManifest.ts';
import type { TaskEnvironment } from '../run/paths.ts';
import { createProfiler } from '../run/profile.ts';
import { schedulerRecord } from '../run/schedulerRecord.ts';
import { readTaskMetadata } from '../run/taskMetadata.ts';
import { finishRun } from './finishRun.ts';
import { openRun } from './openRun.ts';
import type { RunPlan } from './plan.ts';
import { createStageKeys } from './stageKeys.ts';
import { manifestStages, type OpenRun, type RunSettings } from './runContext.ts';

export interface StartRequest {
  env: TaskEnvironment;
  plan: RunPlan;
  /** Environment from pipeline aliases. */
  overrides: Record<string, string>;
  parentRunId: string | null;
  approvalPolicy: string | null;
  /** 0 for a run the user started, one more for each level of child runs. */
  depth: number;
  /** Of a child run: keys of what its stages need as a whole; null when one of them is not known. */
  keysAbove?: Readonly<Record<string, string>> | null;
}

/**
 * Opens a new run of a planned pipeline: checks the request, claims a run directory, writes the first evidence.
 * Throws a failure before anything is written when the request is at fault, and errno errors when evidence cannot
 * be written.
 */
export async function openNewRun(settings: RunSettings, request: StartRequest): Promise<OpenRun> {
  const { plan, overrides, depth } = request;
  const profiler = createProfiler();
  const env = { ...request.env, activity: profiler.activity };
  const { pipeline } = plan;
  if (plan.stages.length === 0) throw new FailureError({ kind: 'no-stages', pipelineId: pipeline.id });
  const task = await readTaskMetadata(env);
  checkRunRequest({ task: { id: env.taskId, ...task }, pipeline });
  const now = new Date();
  const claim = await claimNewRun(env, now);
  return openRun(claim, () => {
    const { paths, resumeToken } = claim;
    const modes = guardModes(settings.processEnv);
    const manifest = createManifest({
      env,
      paths,
      taskSlug: task.slug,
      pipelineId: pipeline.id,
      pipelineTitle: pipeline.title,
      guardrailsRequired: pipeline.guardrailsRequired,
      parentRunId: request.parentRunId,
      approvalPolicy: request.approvalPolicy,
      planTargetId: plan.document.targetId,
      resumeToken,
      privacyMode: modes.privacy,
      stages: manifestStages(plan),
      now,
    });
    manifest.control_plane = controlPlaneRecord(paths.runId, modes.controlPlane, now.toISOString());
    manifest.scheduler = schedulerRecord(env.taskId, pipeline.tags, now.toISOString());
    manifest.status = 'in_progress';
    const stages = plan.stages.map((stage) => stage.id);
    return {
      settings,
      env,
      plan,
      overrides,
      depth,
      profiler,
      keys: createStageKeys(plan.stages, request.keysAbove),
      manifest,
      firstFact: { type: 'run:begin', run_id: paths.runId, pipeline_id: pipeline.id, stages, index: 0 },
      finish: finishRun,
    };
  });
}
