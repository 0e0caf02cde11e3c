import type { TaskEnvironment } from '../../../run/paths.ts';
import { readIfPresent } from '../../../run/readIfPresent.ts';
import { adoptLegacyRunsIndex } from '../../../run/runsIndex.ts';
import type { FileActivity } from '../../../storage/fileActivity.ts';
import { jsonDocument, replaceFile } from '../../../storage/replaceFile.ts';
import { aggregateDocuments, aggregateFiles, baselineSecondsIn } from './aggregateDocuments.ts';
import type { BaselineDocument } from './baseline.ts';
import type { HistoryState } from './historyState.ts';

/**
 * Writes the aggregates of a history, each atomically: the baseline first and only when it is missing, then the
 * others at the same time. A document that says the same as the one on disk is left alone, so `updated_at` is the time
 * of the last change. Without any run nothing is written and no directory is created.
 *
 * @throws the first errno error, after all writes have ended (the caller may give up its lock then).
 */
export async function writeAggregates(env: TaskEnvironment, history: HistoryState): Promise<void> {
  if (history.baseline === null) return;
  const updatedAt = new Date().toISOString();
  const { baseline, state } = aggregateFiles(env);
  // An old version kept the runs index in state.json: until that has been moved, it is the only copy.
  const mayReplaceState = await adoptLegacyRunsIndex(env);
  const baselineSeconds = await ensureBaseline(baseline, history.baseline, env.activity);
  const documents = aggregateDocuments(env, history, baselineSeconds, updatedAt);
  await writeAll(
    documents.filter(([file]) => file !== state || mayReplaceState),
    env.activity,
  );
}

/** Returns the duration of the baseline in seconds; null when it has none or the file cannot be read or understood. */
async function ensureBaseline(
  file: string,
  baseline: BaselineDocument,
  activity: FileActivity | undefined,
): Promise<number | null> {
  let text: string | null;
  try {
    text = await readIfPresent(file, activity);
  } catch {
    // The contract goes on with the current mean. Whatever is there, a baseline is never written a second time.
    return null;
  }
  if (text !== null) return baselineSecondsIn(text);
  await replaceFile(file, jsonDocument(baseline), { activity });
  return baseline.duration_seconds;
}

async function writeAll(
  documents: [file: string, document: object | null][],
  activity: FileActivity | undefined,
): Promise<void> {
  const writes = documents.map(async ([file, document]) => {
    if (document === null || (await says(file, document, activity))) return;
    await replaceFile(file, jsonDocument(document), { activity });
  });
  const failed = (await Promise.allSettled(writes)).find((write) => write.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** Whether a file holds this document already, whatever time it gives. */
async function says(file: string, document: object, activity: FileActivity | undefined): Promise<boolean> {
  const text = await readIfPresent(file, activity);
  const updatedAt = /"updated_at": "([^"]*)"/.exec(text ?? '')?.[1];
  return updatedAt !== undefined && text === jsonDocument({ ...document, updated_at: updatedAt });
}
