import type { Pipeline, Stage } from '../config/types.ts';
import type { Manifest } from '../run/manifestTypes.ts';
import type { TaskEnvironment } from '../run/paths.ts';
import type { RunResult } from './conductRun.ts';
import { planPipeline } from './plan.ts';
import { resumePipeline } from './runPipeline.ts';
import type { RunSettings } from './runContext.ts';

/**
 * Brings a run whose owner is gone to status `cancelled`: what it left running is ended, its evidence completed.
 * It is a resume that is cancelled before its first stage, so the configuration of the repository plays no part.
 *
 * @param settings with a cancellation that has been asked for already
 */
export function closeDeadRun(
  settings: RunSettings,
  env: TaskEnvironment,
  manifest: Manifest,
  request: { actor: string; reason: string },
): Promise<RunResult> {
  return resumePipeline(settings, {
    env,
    runId: manifest.run_id,
    plan: planPipeline(recordedPipeline(manifest), null),
    overrides: {},
    ...request,
    depth: 0,
  });
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
