import type { Stage } from '../config/types.ts';
import { readJournal } from '../run/journal.ts';
import type { FileActivity } from '../storage/fileActivity.ts';
import type { RecalledStage } from './stageCache/stageCache.ts';
import type { StageKeys } from './stageKeys.ts';

export interface RecallRequest {
  journalPath: string;
  stages: readonly Stage[];
  keys: StageKeys;
  activity: FileActivity | undefined;
  /** Whether what a stage with a cache has made under a key is still there. */
  isInPlace: (stage: RecalledStage['stage'], key: string) => Promise<boolean>;
}

/**
 * Takes over the keys of stages that passed before a run was resumed, from its journal. What their inputs hold by now may
 * be something else than what they were run with; what counts for those that need them is whether their outputs are
 * still the ones of that key. That is not looked into for child runs, nor for a stage that stands in another place today:
 * those have none, and what needs them runs without the cache.
 *
 * @throws errno errors
 */
export async function recallStageKeys(request: RecallRequest): Promise<void> {
  const { journalPath, stages, keys, activity, isInPlace } = request;
  const last = new Map<number, string>();
  for await (const event of readJournal(journalPath, activity)) {
    if (event.type !== 'command:end') continue;
    const { index, stage_id, cache_key } = event;
    if (stages[index - 1]?.id !== stage_id) continue;
    if (cache_key === undefined) last.delete(index);
    else last.set(index, cache_key);
  }
  for (const [index, key] of last) {
    const stage = stages[index - 1];
    if (stage?.kind === 'command' && (await isInPlace(stage, key))) keys.set(index, key);
  }
}
