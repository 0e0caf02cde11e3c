import { hash } from 'node:crypto';
import type { Stage } from '../config/types.ts';
import { neededStages } from './graph/stageNodes.ts';

/** The keys of stages by which the cache tells what they have done; of a stage with other effects there is none. */
export interface StageKeys {
  /** A stage has passed, or had done so before the run was resumed. `index` is 1-based. */
  set(index: number, key: string): void;
  /** Keys of all that a stage needs, by name; null when what one of them did is not known. */
  ofNeeds(index: number): Record<string, string> | null;
  /** Keys of all stages by their ids; null when one is not known. */
  ofAll(): Record<string, string> | null;
}

/**
 * @param above keys of what the stages of a child run need as a whole, because the stage of their parent does; null when
 *   one of them is not known
 */
export function createStageKeys(
  stages: readonly Stage[],
  above: Readonly<Record<string, string>> | null = {},
): StageKeys {
  const needed = neededStages(stages);
  const keys = new Map<number, string>();
  const gather = (positions: readonly number[]): Record<string, string> | null => {
    const found: [string, string][] = [];
    for (const at of positions) {
      const key = keys.get(at);
      if (key === undefined) return null;
      found.push([nameOf(stages, at), key]);
    }
    return Object.fromEntries(found);
  };
  return {
    set: (index, key) => keys.set(index - 1, key),
    ofNeeds(index) {
      const positions = needed[index - 1] ?? [];
      return positions.length === 0 ? above && { ...above } : gather(positions);
    },
    ofAll: () => gather([...stages.keys()]),
  };
}

/** One key for all that a child run has done: SHA-256, hex, over the keys of its stages by name. */
export function keyOfAll(keys: Readonly<Record<string, string>> | null): string | null {
  return (
    keys && hash('sha256', JSON.stringify(Object.entries(keys).toSorted(([a], [b]) => (a < b ? -1 : 1))))
  );
}

/** Ids may repeat; then they are told apart by their place. */
function nameOf(stages: readonly Stage[], at: number): string {
  const id = stages[at]?.id ?? '';
  return stages.findIndex((stage) => stage.id === id) === at ? id : `${id} (stage ${at + 1})`;
}
