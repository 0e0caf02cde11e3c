import type { Failure } from '../failure.ts';
import { ALIAS_ENVIRONMENT, aliasTarget } from './pipelineAliases.ts';
import { SHIPPED_PIPELINES } from './shippedPipelines.ts';
import type { LoadedConfig, Pipeline } from './types.ts';

/** A pipeline that was asked for, with what comes along with the way it was asked for. */
export interface ResolvedPipeline {
  pipeline: Pipeline;
  source: LoadedConfig['source'];
  /** Additions to the environment of every stage. */
  stageEnvironment: Readonly<Record<string, string>>;
  notices: ResolveNotice[];
}

/** Worth a warning, as facts. */
export type ResolveNotice =
  | { kind: 'deprecated-alias'; alias: string; pipelineId: string }
  | { kind: 'ignored-variable'; name: string };

export type ResolveResult =
  | { ok: true; resolved: ResolvedPipeline }
  | { ok: false; failure: Extract<Failure, { kind: 'pipeline-not-found' }> };

const DEFAULT_PIPELINE = 'diagnostics';

/** Variables that chose a design pipeline in other orchestrators; those pipelines do not exist here. */
const DESIGN_VARIABLES = ['DESIGN_TOOLKIT', 'DESIGN_PIPELINE', 'DESIGN_REFERENCE_PIPELINE'];

/**
 * Finds a pipeline: the named one, else the default of the file, else `diagnostics`. A pipeline that has the name of
 * a deprecated alias itself comes before the alias.
 *
 * @param id as named by the user; null when none was named.
 * @param env environment of this process.
 */
export function resolvePipeline(
  loaded: LoadedConfig,
  id: string | null,
  env: NodeJS.ProcessEnv,
): ResolveResult {
  const { config, file } = loaded;
  const wanted = id ?? config.defaultPipeline ?? DEFAULT_PIPELINE;
  const notices: ResolveNotice[] = id === null ? ignoredVariables(env) : [];
  const named = find(config.pipelines, wanted);
  if (named) {
    const source = sourceOf(named, loaded);
    return { ok: true, resolved: { pipeline: named, source, stageEnvironment: {}, notices } };
  }
  const target = aliasTarget(wanted);
  const pipeline = target === null ? undefined : find(config.pipelines, target);
  if (pipeline === undefined) {
    const known = config.pipelines.map((candidate) => candidate.id);
    return {
      ok: false,
      failure: { kind: 'pipeline-not-found', pipelineId: wanted, known, configFile: file },
    };
  }
  notices.push({ kind: 'deprecated-alias', alias: wanted, pipelineId: pipeline.id });
  const source = sourceOf(pipeline, loaded);
  return { ok: true, resolved: { pipeline, source, stageEnvironment: ALIAS_ENVIRONMENT, notices } };
}

/** A shipped pipeline is nobody's own, also where there is a file. */
function sourceOf(pipeline: Pipeline, loaded: LoadedConfig): LoadedConfig['source'] {
  return SHIPPED_PIPELINES.includes(pipeline) ? 'default' : loaded.source;
}

function find(pipelines: Pipeline[], id: string): Pipeline | undefined {
  return pipelines.find((pipeline) => pipeline.id === id);
}

function ignoredVariables(env: NodeJS.ProcessEnv): ResolveNotice[] {
  return DESIGN_VARIABLES.filter((name) => isTruthy(env[name])).map((name) => ({
    kind: 'ignored-variable',
    name,
  }));
}

function isTruthy(value: string | undefined): boolean {
  return /^\s*(?:1|true|yes|on|enabled)\s*$/i.test(value ?? '');
}
