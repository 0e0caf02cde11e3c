import { loadConfig } from '../config/loadConfig.ts';
import { resolvePipeline, type ResolvedPipeline } from '../config/resolvePipeline.ts';
import { SHIPPED_PIPELINES } from '../config/shippedPipelines.ts';
import type { LoadedConfig, Pipeline } from '../config/types.ts';
import { FailureError } from '../failure.ts';
import { knownTarget } from '../pipeline/plan.ts';
import type { CliContext } from './context.ts';
import { configProblemText } from './present/configProblemText.ts';
import { noticeText } from './present/noticeText.ts';

/** The pipelines of a repository and the one of them that was asked for. */
export interface PipelineChoice {
  loaded: LoadedConfig;
  resolved: ResolvedPipeline;
}

/**
 * Loads the repository's pipelines and picks one; what is odd but no error is said on stderr. Throws the failures
 * `invalid-config`, `nothing-detected` and `pipeline-not-found`.
 */
export async function choosePipeline(
  context: CliContext,
  repoRoot: string,
  id: string | null,
): Promise<PipelineChoice> {
  const loaded = await loadPipelines(context, repoRoot, id);
  if (loaded.warnings.length > 0) context.stderr.write(`${configProblemText(loaded.warnings)}\n`);
  const choice = resolvePipeline(loaded, id, context.env);
  if (!choice.ok) throw new FailureError(choice.failure);
  for (const notice of choice.resolved.notices) context.stderr.write(`${noticeText(notice)}\n`);
  return { loaded, resolved: choice.resolved };
}

/** A shipped pipeline needs nothing of the repository. */
async function loadPipelines(
  { env }: CliContext,
  repoRoot: string,
  id: string | null,
): Promise<LoadedConfig> {
  const result = await loadConfig(repoRoot, env);
  if (result.ok) return result.loaded;
  const isShipped = SHIPPED_PIPELINES.some((pipeline) => pipeline.id === id);
  if (result.failure.kind !== 'nothing-detected' || !isShipped) throw new FailureError(result.failure);
  const config = { defaultPipeline: null, pipelines: [...SHIPPED_PIPELINES], rlm: null };
  return { config, source: 'default', file: null, warnings: [], reasons: [] };
}

/**
 * The target stage: the one the flag asks for, which has to exist; else the remembered one of an earlier attempt, else
 * the environment's. Those two count only where the pipeline has them: stages hand the variable on to nested runs of
 * other pipelines.
 */
export function chooseTarget(
  context: CliContext,
  pipeline: Pipeline,
  flag: string | undefined,
  remembered: string | null = null,
): string | null {
  const inherited = context.env['CODEX_ORCHESTRATOR_TARGET_STAGE'] || null;
  return flag ?? knownTarget(pipeline, remembered) ?? knownTarget(pipeline, inherited);
}
