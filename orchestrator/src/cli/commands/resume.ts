import { FailureError } from '../../failure.ts';
import { planPipeline } from '../../pipeline/plan.ts';
import { resumePipeline } from '../../pipeline/runPipeline.ts';
import { readResumeToken } from '../../run/claimRun.ts';
import { findRun } from '../../run/findRun.ts';
import type { Manifest } from '../../run/manifestTypes.ts';
import type { RunPaths } from '../../run/paths.ts';
import { readRun } from '../../run/readRun.ts';
import { repairRunsIndex } from '../../run/repairRunsIndex.ts';
import type { CliContext } from '../context.ts';
import { resolveEnvironment } from '../environment.ts';
import { EXIT } from '../exitCodes.ts';
import { choosePipeline, chooseTarget } from '../pipelineChoice.ts';
import type { LoopReading } from '../present/loopStatus.ts';
import { runResultJson } from '../present/runJson.ts';
import { writeJson } from '../present/writeJson.ts';
import { readLoop } from '../readLoop.ts';
import { checkLimits } from '../rlm/checkLimits.ts';
import { stageEnvironmentFor } from '../rlm/foreignLoop.ts';
import { NO_LOOP_FLAGS } from '../rlm/loopBuiltin.ts';
import { refuseLive } from '../refuseLive.ts';
import { runSession } from '../runSession.ts';
import type { ResumeOptions } from './definitions/resume.ts';

/** `resume`: finishes a run that did not succeed. Resolves with the exit code. */
export async function runResume(options: ResumeOptions, context: CliContext): Promise<number> {
  const asked = resolveEnvironment({ task: options.task, env: context.env, cwd: context.cwd });
  const { maxIterations, maxMinutes, iterationMinutes, maxTokens } = options;
  const flags = { ...NO_LOOP_FLAGS, maxIterations, maxMinutes, iterationMinutes, maxTokens };
  checkLimits(flags);
  const { env, paths } = findRun(asked, options.run ?? null, options.task !== undefined);
  const manifest = await readRun(paths);
  checkToken(paths, manifest, options.token);
  await refuseLive(paths, manifest);
  if (manifest.pipeline_id === 'exec') {
    throw new FailureError({
      kind: 'run-not-resumable',
      runId: paths.runId,
      reason: 'exec',
      pipelineId: 'exec',
    });
  }
  if (manifest.status === 'succeeded' && manifest.metrics_recorded) {
    const isIndexRepaired = await repairRunsIndex(env, paths);
    return nothingLeft(options, context, manifest, { isIndexRepaired, loop: await readLoop(paths) });
  }

  const { loaded, resolved } = await choosePipeline(context, env.repoRoot, manifest.pipeline_id);
  const target = chooseTarget(context, resolved.pipeline, options.target, manifest.plan_target_id);
  const plan = planPipeline(resolved.pipeline, target);
  const forStages = stageEnvironmentFor(resolved.pipeline, loaded.config, flags);
  return runSession(
    context,
    options,
    { config: loaded.config, pipeline: resolved.pipeline },
    (settings) =>
      resumePipeline(settings, {
        env,
        runId: paths.runId,
        plan,
        overrides: { ...resolved.stageEnvironment, ...forStages },
        actor: options.actor ?? 'cli',
        reason: options.reason ?? 'manual-resume',
        depth: 0,
      }),
    flags,
  );
}

/** Compares the given token with that of the run; without one, resuming is allowed to everybody who can write. */
function checkToken(paths: RunPaths, manifest: Manifest, given: string | undefined): void {
  if (given === undefined) return;
  const stored = manifest.resume_token || readResumeToken(paths);
  if (stored !== given) throw new FailureError({ kind: 'token-mismatch', runId: paths.runId });
}

function nothingLeft(
  options: ResumeOptions,
  context: CliContext,
  manifest: Manifest,
  { isIndexRepaired, loop }: { isIndexRepaired: boolean; loop: LoopReading | null },
): number {
  if (options.format === 'json') {
    writeJson(context.stdout, runResultJson(manifest, { exitCode: EXIT.ok, durationMs: 0, loop }));
  } else {
    context.stdout.write(`Run ${manifest.run_id} has already succeeded; nothing is left to run.\n`);
    if (isIndexRepaired) context.stdout.write('Its entry in runs.json was missing and has been added.\n');
  }
  return EXIT.ok;
}
