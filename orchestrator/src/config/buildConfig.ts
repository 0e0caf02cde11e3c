import type { ConfigFile } from './schema.ts';
import type { CommandStage, Pipeline, PipelineConfig, Stage, StagePlanOptions } from './types.ts';

type FilePipeline = NonNullable<ConfigFile['pipelines']>[number];
type FileStage = NonNullable<FilePipeline['stages']>[number];
type FileStageInSet = Exclude<FileStage, { kind: 'stage-set' }>;

/**
 * Turns a valid file into what the rest works with: defaults filled in, spellings of one setting joined, stage sets
 * put in place, pipelines whose id was there before left out. References are expected to be checked.
 */
export function buildConfig(file: ConfigFile): PipelineConfig {
  const sets = new Map(Object.entries(file.stageSets ?? {}));
  const pipelines = new Map<string, Pipeline>();
  for (const pipeline of file.pipelines ?? []) {
    if (!pipelines.has(pipeline.id)) pipelines.set(pipeline.id, buildPipeline(pipeline, sets));
  }
  return {
    defaultPipeline: file.defaultPipeline ?? null,
    concurrency: file.concurrency,
    pipelines: [...pipelines.values()],
    rlm: file.rlm ?? null,
  };
}

function buildPipeline(pipeline: FilePipeline, sets: Map<string, FileStageInSet[]>): Pipeline {
  return {
    id: pipeline.id,
    title: pipeline.title ?? pipeline.id,
    description: pipeline.description ?? null,
    tags: pipeline.tags ?? [],
    guardrailsRequired: pipeline.guardrailsRequired ?? true,
    concurrency: pipeline.concurrency,
    stages: (pipeline.stages ?? []).flatMap((stage) =>
      stage.kind === 'stage-set' ? (sets.get(stage.ref) ?? []).map(buildStage) : buildStage(stage),
    ),
  };
}

function buildStage(stage: FileStageInSet): Stage {
  const base = { id: stage.id, title: stage.title ?? stage.id, needs: stage.needs, plan: planOptions(stage) };
  if (stage.kind === 'subpipeline') {
    return { kind: stage.kind, ...base, pipeline: stage.pipeline, optional: stage.optional ?? false };
  }
  return {
    kind: stage.kind,
    ...base,
    command: stage.command,
    cwd: stage.cwd,
    env: textEnvironment(stage.env ?? {}),
    allowFailure: stage.allowFailure ?? false,
    summaryHint: stage.summaryHint,
    timeoutSeconds: stage.timeoutSeconds,
    retries: stage.retries ?? 0,
    cache: stage.cache && {
      inputs: stage.cache.inputs,
      outputs: stage.cache.outputs ?? [],
      env: stage.cache.env ?? [],
    },
    session: stage.session,
  };
}

/** The plan's own setting counts before the same setting of the stage. */
function planOptions(stage: FileStageInSet): StagePlanOptions {
  const plan = stage.plan ?? {};
  return {
    runnable: plan.runnable,
    defaultTarget: plan.defaultTarget ?? plan.default ?? plan.primary,
    aliases: plan.aliases,
    requiresCloud: plan.requiresCloud ?? plan.requires_cloud ?? stage.requires_cloud ?? stage.requiresCloud,
    executionMode: plan.executionMode ?? stage.executionMode ?? stage.execution_mode ?? stage.mode,
  };
}

/** Numbers, true and false reach a process as text anyway; files written for other tools have them. */
function textEnvironment(env: Record<string, string | number | boolean>): CommandStage['env'] {
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, String(value)]));
}
