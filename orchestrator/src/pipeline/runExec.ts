import type { CommandStage, Pipeline } from '../config/types.ts';
import { claimNewRun } from '../run/claimRun.ts';
import { guardModes } from '../run/controlPlane.ts';
import { createManifest } from '../run/createManifest.ts';
import { createProfiler } from '../run/profile.ts';
import { conductRun, type RunResult } from './conductRun.ts';
import { observeExec } from './execObserver.ts';
import { finishExec, type ExecRequest, type ExecSummary } from './finishExec.ts';
import { openRun } from './openRun.ts';
import { planPipeline } from './plan.ts';
import { createStageKeys } from './stageKeys.ts';
import { manifestStages, type RunSettings } from './runContext.ts';

/**
 * Runs one command as a run of its own (`pipeline_id: exec`) and resolves with its summary as written. Throws errno
 * errors when evidence cannot be written.
 */
export async function runExec(
  outerSettings: RunSettings,
  request: ExecRequest,
): Promise<{ result: RunResult; summary: ExecSummary }> {
  const { listener, observation } = observeExec(outerSettings.listener);
  const settings = { ...outerSettings, listener };
  const profiler = createProfiler();
  const env = { ...request.env, activity: profiler.activity };
  const plan = planPipeline(execPipeline(request), null);
  const now = new Date();
  const claim = await claimNewRun(env, now);
  let summary: ExecSummary | undefined;
  const run = await openRun(claim, () => {
    const { paths, resumeToken } = claim;
    const manifest = createManifest({
      env,
      paths,
      taskSlug: null,
      pipelineId: plan.pipeline.id,
      pipelineTitle: plan.pipeline.title,
      guardrailsRequired: false,
      parentRunId: null,
      approvalPolicy: null,
      planTargetId: null,
      resumeToken,
      privacyMode: guardModes(settings.processEnv).privacy,
      stages: manifestStages(plan),
      now,
    });
    manifest.status = 'in_progress';
    return {
      settings,
      env,
      plan,
      overrides: {},
      depth: 0,
      profiler,
      keys: createStageKeys(plan.stages),
      manifest,
      firstFact: {
        type: 'run:begin',
        run_id: paths.runId,
        pipeline_id: plan.pipeline.id,
        stages: ['exec'],
        index: 0,
      },
      finish: async (context, execution) => {
        summary = await finishExec(context, request, observation, execution);
      },
    };
  });
  const result = await conductRun(run, noChildren);
  if (summary === undefined) throw new Error('an exec run ended without a summary');
  return { result, summary };
}

function execPipeline({ argv, cwd }: ExecRequest): Pipeline {
  const command = argv.map(shellWord).join(' ');
  const stage: CommandStage = {
    kind: 'command',
    id: 'exec',
    title: command,
    command,
    argv,
    cwd,
    env: {},
    allowFailure: false,
    retries: 0,
    plan: {},
  };
  return {
    id: 'exec',
    title: 'exec',
    description: null,
    tags: [],
    guardrailsRequired: false,
    stages: [stage],
  };
}

/** The printed form of an argument, quoted as a POSIX shell would need it. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function noChildren(): Promise<never> {
  return Promise.reject(new Error('an exec run has no sub-pipelines'));
}
