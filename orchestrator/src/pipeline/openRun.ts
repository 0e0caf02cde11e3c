import type { ClaimedRun } from '../run/claimRun.ts';
import { Journal } from '../run/journal.ts';
import type { JournalEvent } from '../run/journalEvents.ts';
import type { Manifest } from '../run/manifestTypes.ts';
import { ManifestStore } from '../run/manifestStore.ts';
import { PrivacyLog } from '../run/privacyLog.ts';
import { record, type OpenRun, type RunContext } from './runContext.ts';

/** What a claimed run needs before its stages can begin. */
export interface Preparation
  extends Pick<RunContext, 'settings' | 'env' | 'plan' | 'overrides' | 'depth' | 'profiler' | 'keys'>,
    Pick<OpenRun, 'finish'> {
  manifest: Manifest;
  /** The fact that the journal begins or goes on with. */
  firstFact: Extract<JournalEvent, { type: 'run:begin' | 'run:resume' }>;
}

/**
 * Opens the files of a claimed run and writes its first evidence; torn last lines of a killed writer are repaired on
 * the way. When anything goes wrong, `prepare` included, the claim is let go and the error travels on.
 */
export async function openRun(
  { paths, owner }: ClaimedRun,
  prepare: () => Preparation | Promise<Preparation>,
): Promise<OpenRun> {
  try {
    const { manifest, firstFact, finish, ...given } = await prepare();
    const { activity } = given.profiler;
    const context: RunContext = {
      ...given,
      paths,
      journal: Journal.open(paths.journalPath, activity),
      store: new ManifestStore(paths.manifestPath, manifest, activity),
      privacyLog: new PrivacyLog(paths.privacyLogPath, manifest.privacy?.mode ?? 'shadow', activity),
    };
    record(context, firstFact);
    context.store.create();
    return { context, owner, resumed: firstFact.type === 'run:resume', finish };
  } catch (error) {
    await owner.release();
    throw error;
  }
}
