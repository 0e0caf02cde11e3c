import { readFile } from 'node:fs/promises';
import { FailureError } from '../../failure.ts';
import { planPipeline } from '../../pipeline/plan.ts';
import { resumePipeline } from '../../pipeline/runPipeline.ts';
import { findRun } from '../../run/findRun.ts';
import type { Manifest } from '../../run/manifestTypes.ts';
import type { RunPaths } from '../../run/paths.ts';
import { readRun } from '../../run/readRun.ts';
import type { CliContext } from '../context.ts';
import { resolveEnvironment } from '../environment.ts';
import { EXIT } from '../exitCodes.ts';
import { askedTarget, choosePipeline } from '../pipelineChoice.ts';
import { runResultJson } from '../present/runJson.ts';
import { writeJson } from '../present/writeJson.ts';
import { runSession } from '../runSession.ts';
import type { ResumeOptions } from './definitions/resume.ts';

/** `resume`: finishes a run that did not succeed. Resolves with the exit code. */
export async function runResume(options: ResumeOptions, context: CliContext): Promise<number> {
  const asked = resolveEnvironment({ task: options.task, env: context.env, cwd: context.cwd });
  const { env, paths } = findRun(asked, options.run ?? null, options.task !== undefined);
  const manifest = await readRun(paths);
  await checkToken(paths, manifest, options.token);
  if (manifest.pipeline_id === 'exec') {
    throw new FailureError({
      kind: 'run-not-resumable',
      runId: paths.runId,
      reason: 'exec',
      pipelineId: 'exec',
    });
  }
  if (manifest.status === 'succeeded' && manifest.metrics_recorded)
    return nothingLeft(options, context, manifest);

  const { loaded, resolved } = await choosePipeline(context, env.repoRoot, manifest.pipeline_id);
  const plan = planPipeline(
    resolved.pipeline,
    askedTarget(context, options.target) ?? manifest.plan_target_id,
  );
  return runSession(context, options, loaded.config, (settings) =>
    resumePipeline(settings, {
      env,
      runId: paths.runId,
      plan,
      overrides: { ...resolved.stageEnvironment },
      actor: options.actor ?? 'cli',
      reason: options.reason ?? 'manual-resume',
      depth: 0,
    }),
  );
}

/** Compares the given token with that of the run; without one, resuming is allowed to everybody who can write. */
async function checkToken(paths: RunPaths, manifest: Manifest, given: string | undefined): Promise<void> {
  if (given === undefined) return;
  const stored = manifest.resume_token || (await readFile(paths.resumeTokenPath, 'utf8')).trim();
  if (stored !== given) throw new FailureError({ kind: 'token-mismatch', runId: paths.runId });
}

function nothingLeft(options: ResumeOptions, context: CliContext, manifest: Manifest): number {
  if (options.format === 'json') {
    writeJson(context.stdout, runResultJson(manifest, { exitCode: EXIT.ok, durationMs: 0 }));
  } else {
    context.stdout.write(`Run ${manifest.run_id} has already succeeded; nothing is left to run.\n`);
  }
  return EXIT.ok;
}
