import type { Stage } from '../config/types.ts';
import { readJournal } from '../run/journal.ts';
import type { FileActivity } from '../storage/fileActivity.ts';
import type { StageKeys } from './stageKeys.ts';

/**
 * Takes over the keys of stages that passed before a run was resumed, from its journal. What their inputs hold by now may
 * be something else than what they were run with. A stage that stands in another place today has none.
 *
 * @throws errno errors
 */
export async function recallStageKeys(
  journalPath: string,
  stages: readonly Stage[],
  keys: StageKeys,
  activity: FileActivity | undefined,
): Promise<void> {
  for await (const event of readJournal(journalPath, activity)) {
    if (event.type !== 'command:end' && event.type !== 'subpipeline:end') continue;
    const { index, stage_id, cache_key } = event;
    if (cache_key !== undefined && stages[index - 1]?.id === stage_id) keys.set(index, cache_key);
  }
}
