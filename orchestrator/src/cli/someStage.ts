import type { CommandStage, Pipeline, PipelineConfig } from '../config/types.ts';

/** Whether a command stage of a pipeline, or of one below it, is like that. Pipelines that contain each other are no harm. */
export function someStage(
  pipeline: Pipeline,
  config: PipelineConfig,
  isLikeThat: (stage: CommandStage) => boolean,
  above: readonly Pipeline[] = [],
): boolean {
  if (above.includes(pipeline)) return false;
  return pipeline.stages.some((stage) => {
    if (stage.kind === 'command') return isLikeThat(stage);
    const child = config.pipelines.find(({ id }) => id === stage.pipeline);
    return child !== undefined && someStage(child, config, isLikeThat, [...above, pipeline]);
  });
}
