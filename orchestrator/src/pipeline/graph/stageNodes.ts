import type { Stage } from '../../config/types.ts';
import type { CommandRecord } from '../../run/manifestTypes.ts';
import type { ScheduleNode } from './schedule.ts';

/** Whether stages wait for those they name, and not for the one listed before them. Pure. */
export function isGraph(stages: readonly Stage[]): boolean {
  return stages.some((stage) => stage.needs !== undefined);
}

/**
 * The stages of a pipeline as nodes of a schedule. A pipeline in which no stage says what it needs is a chain: each
 * stage needs the one before it. What a resumed run has proven counts as passed. Pure.
 *
 * @param weightsMs expected time of each stage by its id, ms; those it does not know count as nothing
 */
export function stageNodes(
  stages: readonly Stage[],
  recorded: readonly CommandRecord[],
  weightsMs: ReadonlyMap<string, number>,
): ScheduleNode[] {
  const positions = new Map(stages.map(({ id }, at) => [id, at]));
  const graph = isGraph(stages);
  return stages.map((stage, at) => {
    const status = recorded[at]?.status;
    const named = (stage.needs ?? []).flatMap((id) => positions.get(id) ?? []);
    return {
      needs: graph ? named : at === 0 ? [] : [at - 1],
      weightMs: weightsMs.get(stage.id) ?? 0,
      passed: status === 'succeeded' || status === 'skipped',
    };
  });
}
