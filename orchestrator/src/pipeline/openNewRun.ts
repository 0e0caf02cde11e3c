import { randomBytes } from 'node:crypto';
import { FailureError } from '../failure.ts';
import { claimNewRun, writeResumeToken } from '../run/claimRun.ts';
import { checkRunRequest, guardMode } from '../run/controlPlane.ts';
import { createManifest } from '../run/createManifest.ts';
import type { TaskEnvironment } from '../run/paths.ts';
import { schedulerRecord } from '../run/schedulerRecord.ts';
import { readTaskMetadata } from '../run/taskMetadata.ts';
import { finishRun } from './finishRun.ts';
import { openContext } from './openContext.ts';
import type { RunPlan } from './plan.ts';
import { manifestStages, record, type OpenRun, type RunSettings } from './runContext.ts';

export interface StartRequest {
  env: TaskEnvironment;
  plan: RunPlan;
  /** Environment from pipeline aliases. */
  overrides: Record<string, string>;
  parentRunId: string | null;
  approvalPolicy: string | null;
  /** 0 for a run the user started, one more for each level of child runs. */
  depth: number;
}

/**
 * Opens a new run of a planned pipeline: checks the request, claims a run directory, writes the first evidence.
 * Throws a failure before anything is written when the request is at fault, and errno errors when evidence cannot
 * be written.
 */
export async function openNewRun(settings: RunSettings, request: StartRequest): Promise<OpenRun> {
  const { env, plan } = request;
  const { pipeline } = plan;
  if (plan.stages.length === 0) {
    throw new FailureError({ kind: 'no-stages', pipelineId: pipeline.id });
  }
  const task = await readTaskMetadata(env);
  const now = new Date();
  const { paths, owner } = await claimNewRun(env, now);
  try {
    const mode = guardMode(
      settings.processEnv['CODEX_CONTROL_PLANE_MODE'],
      settings.processEnv['CODEX_CONTROL_PLANE_ENFORCE'],
    );
    const controlPlane = checkRunRequest(
      { requestId: paths.runId, task: { id: env.taskId, ...task }, pipeline },
      mode,
      now.toISOString(),
    );
    const resumeToken = randomBytes(32).toString('hex');
    writeResumeToken(paths, resumeToken);
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
      privacyMode: guardMode(
        settings.processEnv['CODEX_PRIVACY_GUARD_MODE'],
        settings.processEnv['CODEX_PRIVACY_GUARD_ENFORCE'],
      ),
      stages: manifestStages(plan),
      now,
    });
    manifest.control_plane = controlPlane;
    manifest.scheduler = schedulerRecord(env.taskId, pipeline.tags, now.toISOString());
    manifest.status = 'in_progress';
    const context = openContext({
      settings,
      env,
      paths,
      plan,
      overrides: request.overrides,
      depth: request.depth,
      manifest,
    });
    record(context, {
      type: 'run:begin',
      run_id: paths.runId,
      pipeline_id: pipeline.id,
      stages: plan.stages.map((stage) => stage.id),
      index: 0,
    });
    context.store.create();
    return { context, owner, resumed: false, finish: finishRun };
  } catch (error) {
    await owner.release();
    throw error;
  }
}
