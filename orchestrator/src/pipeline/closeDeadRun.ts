import { existsSync } from 'node:fs';
import type { Pipeline, Stage } from '../config/types.ts';
import type { Manifest } from '../run/manifestTypes.ts';
import { runPaths, type TaskEnvironment } from '../run/paths.ts';
import { readSnapshot } from '../run/readSnapshot.ts';
import type { RunResult } from './conductRun.ts';
import { knownTarget, planPipeline } from './plan.ts';
import { resumePipeline } from './runPipeline.ts';
import type { RunSettings } from './runContext.ts';

/**
 * Brings a run whose owner is gone to status `cancelled`: what it left running is ended, its evidence completed.
 * It is a resume that is cancelled before its first stage, so the configuration of the repository plays no part. Child
 * runs that were under way are closed first, since that resume never gets to them.
 *
 * @param settings with a cancellation that has been asked for already
 */
export async function closeDeadRun(
  settings: RunSettings,
  env: TaskEnvironment,
  manifest: Manifest,
  request: { actor: string; reason: string },
): Promise<RunResult> {
  const pipeline = recordedPipeline(manifest);
  for (const child of await deadChildren(env, manifest)) {
    await closeDeadRun(settings, env, child, request);
  }
  return resumePipeline(settings, {
    env,
    runId: manifest.run_id,
    plan: planPipeline(pipeline, knownTarget(pipeline, manifest.plan_target_id)),
    overrides: {},
    ...request,
    depth: 0,
  });
}

/** Child runs that lost their owner together with their parent; one that somebody has resumed since is left alone. */
async function deadChildren(env: TaskEnvironment, { commands }: Manifest): Promise<Manifest[]> {
  const children: Manifest[] = [];
  for (const { sub_run_id: runId } of commands) {
    if (runId === null) continue;
    const paths = runPaths(env, runId);
    if (!existsSync(paths.manifestPath)) continue;
    const { manifest, liveness } = await readSnapshot(paths);
    if (liveness.state === 'dead') children.push(manifest);
  }
  return children;
}

/** The pipeline as far as a manifest remembers it. */
function recordedPipeline(manifest: Manifest): Pipeline {
  return {
    id: manifest.pipeline_id,
    title: manifest.pipeline_title,
    description: null,
    tags: [],
    guardrailsRequired: manifest.guardrails_required !== false,
    stages: manifest.commands.map((command): Stage => {
      const base = { id: command.id, title: command.title, plan: {} };
      return command.kind === 'command'
        ? {
            ...base,
            kind: 'command',
            command: command.command ?? '',
            env: {},
            allowFailure: false,
            retries: 0,
          }
        : { ...base, kind: 'subpipeline', pipeline: '', optional: false };
    }),
  };
}
