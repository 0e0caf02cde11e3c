import type { Stage } from '../../config/types.ts';
import type { CommandRecord } from '../../run/manifestTypes.ts';
import type { ScheduleNode } from './schedule.ts';

/** Whether stages wait for those they name, and not for the one listed before them. Pure. */
export function isGraph(stages: readonly Stage[]): boolean {
  return stages.some((stage) => stage.needs !== undefined);
}

/**
 * For each stage the positions of those that it needs. A pipeline in which no stage says what it needs is a chain: each
 * stage needs the one before it. Pure.
 */
export function neededStages(stages: readonly Stage[]): number[][] {
  if (!isGraph(stages)) return stages.map((_, at) => (at === 0 ? [] : [at - 1]));
  const positions = new Map(stages.map(({ id }, at) => [id, at]));
  return stages.map(({ needs = [] }) => needs.flatMap((id) => positions.get(id) ?? []));
}

/**
 * The stages of a pipeline as nodes of a schedule. What a resumed run has proven counts as passed. Pure.
 *
 * @param weightsMs expected time of each stage by its id, ms. One that it does not know counts like the mean of those it
 * does, so that a new stage has its place in the order, and the length of a chain counts on a first run too.
 */
export function stageNodes(
  stages: readonly Stage[],
  recorded: readonly CommandRecord[],
  weightsMs: ReadonlyMap<string, number>,
): ScheduleNode[] {
  const needed = neededStages(stages);
  const usualMs = meanOf(stages.flatMap(({ id }) => weightsMs.get(id) ?? []));
  return stages.map(({ id }, at) => {
    const status = recorded[at]?.status;
    return {
      needs: needed[at] ?? [],
      weightMs: weightsMs.get(id) ?? usualMs,
      passed: status === 'succeeded' || status === 'skipped',
    };
  });
}

/** 1 for none: any weight will do as long as all have the same. */
function meanOf(weights: readonly number[]): number {
  return weights.length === 0 ? 1 : weights.reduce((sum, weight) => sum + weight) / weights.length;
}
