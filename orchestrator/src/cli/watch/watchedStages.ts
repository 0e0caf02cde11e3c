import type { CommandStage, Pipeline, PipelineConfig } from '../../config/types.ts';
import { neededStages } from '../../pipeline/graph/stageNodes.ts';

/** A stage of a pipeline, as far as changes of files matter to it. */
export interface WatchedStage {
  id: string;
  /** The lists of globs that say which files it reads; of a sub-pipeline those of all its stages. */
  inputs: (readonly string[])[];
  /** Positions of the stages that it needs. */
  needs: readonly number[];
}

/** Everything that git does not ignore: nobody knows what a stage reads that does not say so. */
const ANYTHING: readonly string[] = ['**'];

/** The stages of a pipeline in listed order. Pure. */
export function watchedStages(pipeline: Pipeline, config: PipelineConfig): WatchedStage[] {
  const needed = neededStages(pipeline.stages);
  return pipeline.stages.map((stage, at) => ({
    id: stage.id,
    inputs:
      stage.kind === 'command'
        ? [inputsOf(stage)]
        : childCommands(stage.pipeline, config, [pipeline.id]).map(inputsOf),
    needs: needed[at] ?? [],
  }));
}

/** The output globs of each stage, those of sub-pipelines as well. Pure. */
export function watchedOutputs(pipeline: Pipeline, config: PipelineConfig): string[][] {
  return childCommands(pipeline.id, config, [])
    .map(({ cache }) => cache?.outputs ?? [])
    .filter((globs) => globs.length > 0);
}

function inputsOf({ cache }: CommandStage): readonly string[] {
  return cache?.inputs ?? ANYTHING;
}

/** @param above - pipelines on the way to this one: a circle ends here, and as an error in the run. */
function childCommands(id: string, config: PipelineConfig, above: readonly string[]): CommandStage[] {
  if (above.includes(id)) return [];
  const stages = config.pipelines.find((pipeline) => pipeline.id === id)?.stages ?? [];
  return stages.flatMap((stage) =>
    stage.kind === 'command' ? [stage] : childCommands(stage.pipeline, config, [...above, id]),
  );
}
