import { someStage } from '../someStage.ts';
import type { LookRequest } from './ground.ts';
import { outputFilter } from './inputFiles.ts';
import type { WatchChoice } from './watchChoice.ts';
import { watchedOutputs, watchedStages, type WatchedStage } from './watchedStages.ts';

/** A pipeline, and what of the repository matters to it. */
export interface WatchedPipeline {
  choice: WatchChoice;
  stages: WatchedStage[];
  lookRequest: LookRequest;
  /** Some stage has no cache, so nobody knows what it writes. */
  mayWriteAnything: boolean;
}

/** @throws FailureError for an output glob that leaves the repository. */
export async function watchedPipeline(choice: WatchChoice): Promise<WatchedPipeline> {
  const { pipeline, config } = choice;
  const stages = watchedStages(pipeline, config);
  const lists = stages.flatMap(({ inputs }) => inputs);
  const isOutput = await outputFilter(watchedOutputs(pipeline, config));
  const mayWriteAnything = someStage(pipeline, config, ({ cache }) => cache === undefined);
  return { choice, stages, lookRequest: { lists, isOutput }, mayWriteAnything };
}
