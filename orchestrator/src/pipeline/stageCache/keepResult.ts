import { explainMiss } from '../../cache/explainMiss.ts';
import { snapshotInputs, type InputFile } from '../../cache/inputs/snapshotInputs.ts';
import { missFacts } from '../../cache/missFacts.ts';
import { readEntry } from '../../cache/store/findEntry.ts';
import { CANCELLED } from '../../cache/store/refusal.ts';
import { storeEntry } from '../../cache/store/storeEntry.ts';
import type { StageWork } from '../../cache/stageWork.ts';
import type { CachedStageRequest } from './cachedStageRequest.ts';
import type { KnownLook } from './lookAtStage.ts';
import { noteResult } from './noteResult.ts';
import type { StageSuccess } from './stageCache.ts';
import { trackedReason } from './trackedReason.ts';

export interface KeptResult {
  /** Why nothing was stored, in words; null when it was, or lay there already. */
  notStored: string | null;
  /** To be said to people, a sentence; null when all is as it was meant. */
  warning: string | null;
  /** What the stage did is what its key says. */
  isOfKey: boolean;
}

/**
 * Stores what a stage has just made, unless it cannot be told what that depends on, or whether it is all its own.
 *
 * @param work of this run at the outputs of the stage; null when it has none
 * @throws errno errors, and FailureError when git cannot be asked what it tracks.
 */
export async function keepResult(
  request: CachedStageRequest,
  look: KnownLook,
  { logPath, summary, durationMs }: StageSuccess,
  work: StageWork | null,
): Promise<KeptResult> {
  const { stage, env, cacheDir, exclude, renew } = request;
  const refused = (why: string, isOfKey: boolean): KeptResult => ({
    notStored: why,
    warning: why === CANCELLED ? null : `The result of stage "${stage.id}" is not stored: ${why}.`,
    isOfKey,
  });
  const changed = await changedInput(look);
  if (changed !== null) return refused(`${changed} while it ran`, false);
  const tracked = await trackedReason(request);
  if (tracked !== null) return refused(tracked, true);

  const { key } = look;
  const isAlone = async (): Promise<boolean> => work === null || (await work.isAlone());
  const { files: _files, ...facts } = missFacts(look.facts, []);
  const stored = await storeEntry(cacheDir, {
    key,
    repoRoot: env.repoRoot,
    outputs: stage.cache?.outputs ?? [],
    exclude,
    logPath,
    replace: renew,
    signal: request.signal,
    refusal: async () => ((await isAlone()) ? null : 'another run was at work on its outputs meanwhile'),
    about: {
      pipeline_id: request.pipelineId,
      stage_id: stage.id,
      run_id: request.runId,
      task_id: env.taskId,
      duration_ms: durationMs,
      summary,
      facts,
    },
  });
  if (stored.kind === 'refused') return refused(stored.reason, await isAlone());
  const entry = readEntry(cacheDir, key);
  if (!('miss' in entry)) noteResult(request, look, entry.entry.outputs);
  const [unmatched] = stored.kind === 'stored' ? stored.unmatched : [];
  const warning =
    unmatched === undefined
      ? null
      : `The output glob "${unmatched}" of stage "${stage.id}" matches no file that it has made.`;
  return { notStored: null, warning, isOfKey: true };
}

/** The first input that is not any more as it was when the stage began, in words; null when all are. */
async function changedInput({ inputs, request, facts }: KnownLook): Promise<string | null> {
  const now = await snapshotInputs(request);
  const [unreadable] = now.unreadable;
  if (unreadable !== undefined) return `input ${unreadable} has become unreadable`;
  if (now.digest === inputs.digest) return rewrittenInput(inputs.files, now.files);
  const [first] = explainMiss(missFacts(facts, now.files), missFacts(facts, inputs.files));
  return first ?? null;
}

/** The first input that holds the same again, in words: the stage may have read what was there in between. */
function rewrittenInput(before: readonly InputFile[], now: readonly InputFile[]): string | null {
  const at = before.findIndex(({ changedMs }, index) => changedMs !== now[index]?.changedMs);
  return at === -1 ? null : `input ${before[at]?.path} was written to`;
}
