import { explainMiss } from '../../cache/explainMiss.ts';
import { missFacts } from '../../cache/missFacts.ts';
import { readStageNote } from '../../cache/stageNote.ts';
import { findEntry } from '../../cache/store/findEntry.ts';
import type { CacheAccount } from '../../run/profile.ts';
import { beginWork, type StageWork } from '../../cache/stageWork.ts';
import { errorCode } from '../../storage/errorCode.ts';
import type { ProcessIdentity } from '../../storage/processIdentity.ts';
import { applyEntry } from './applyEntry.ts';
import { type CachedStageRequest, hasOutputs, noteFile, workFolder } from './cachedStageRequest.ts';
import { keepResult } from './keepResult.ts';
import { lookAtStage, type KnownLook } from './lookAtStage.ts';
import type { CachedStage, CacheHit } from './stageCache.ts';

/** Looks for the result of a stage, puts it in place if it is there, and is ready to keep it if not. */
export async function cachedStage(request: CachedStageRequest): Promise<CachedStage> {
  const look = await request.attempt(() => lookAtStage(request));
  if (look === null || look.kind === 'unknown') {
    const why = look?.why ?? OUT_OF_USE;
    if (look?.isFault) request.warn(`Stage "${request.stage.id}" runs without the cache: ${why}.`);
    const work = await workOf(request);
    return {
      account: { ...NO_ACCOUNT, why: [why] },
      hit: null,
      runsAs: (command) => tellWork(work, command),
      keep: async () => null,
      close: () => endWork(work, false),
    };
  }
  for (const message of look.inputs.warnings) request.warn(`Stage "${request.stage.id}": ${message}`);
  const account: CacheAccount = { ...NO_ACCOUNT, result: 'miss', key: look.key };
  const hit = await request.attempt(() => findHit(request, look, account));
  if (hit === null && account.why.length === 0) account.why = [OUT_OF_USE];
  const work = hit === null ? await workOf(request) : null;
  return {
    account,
    hit,
    runsAs: (command) => tellWork(work, command),
    async keep(success) {
      if (hit !== null) return look.key;
      const kept = await request.attempt(() => keepResult(request, look, success, work));
      if (kept === null) return null;
      account.stored = kept.notStored === null;
      account.not_stored = kept.notStored;
      if (kept.warning !== null) request.warn(kept.warning);
      return kept.isOfKey ? look.key : null;
    },
    close: () => endWork(work, account.stored),
  };
}

/** The work of a stage that is going to run; null when it has no outputs. */
function workOf(request: CachedStageRequest): Promise<StageWork | null> {
  return request.attempt(async () => (hasOutputs(request) ? beginWork(workFolder(request)) : null));
}

function tellWork(work: StageWork | null, command: ProcessIdentity): void {
  try {
    work?.isDoneBy(command);
  } catch (error) {
    // It counts as over when we are, then.
    if (errorCode(error) === '') throw error;
  }
}

/** Also when the cache is out of use by now: a mark that stays would speak for us as long as this process lives. */
async function endWork(work: StageWork | null, isKnown: boolean): Promise<void> {
  try {
    await work?.end(isKnown);
  } catch (error) {
    // The mark stays, and the stage runs the next time.
    if (errorCode(error) === '') throw error;
  }
}

/** Puts into the account what it finds, or why it is none. */
async function findHit(
  request: CachedStageRequest,
  look: KnownLook,
  account: CacheAccount,
): Promise<CacheHit | null> {
  const { stage, cacheDir } = request;
  if (request.renew) {
    account.why = ['it was asked to run (--force)'];
    return null;
  }
  const found = findEntry(cacheDir, look.key);
  if ('miss' in found && found.isAbsent) {
    const facts = missFacts(look.facts, look.inputs.files);
    account.why = explainMiss(facts, readStageNote(noteFile(request))?.facts ?? null);
    return null;
  }
  const trouble =
    'miss' in found ? { why: found.miss, isFault: true } : await applyEntry(request, look, found);
  if (trouble !== null) {
    account.why = [`its stored result cannot be used: ${trouble.why}`];
    if (trouble.isFault) {
      request.warn(`The stored result of stage "${stage.id}" cannot be used (${trouble.why}): it runs.`);
    }
    return null;
  }
  if ('miss' in found) return null;
  const { run_id, summary, log } = found.entry;
  const { logPath } = found;
  Object.assign(account, { result: 'hit', source_run_id: run_id });
  return {
    key: look.key,
    sourceRunId: run_id,
    summary: `From cache (run ${run_id}): ${summary}`,
    log: log && logPath !== null ? { path: logPath, size: log.size } : null,
  };
}

const OUT_OF_USE = 'the cache cannot be used';

const NO_ACCOUNT: CacheAccount = {
  result: 'unused',
  key: null,
  source_run_id: null,
  why: [],
  stored: false,
  not_stored: null,
};
