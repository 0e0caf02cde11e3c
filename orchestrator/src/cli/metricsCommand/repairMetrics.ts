import { existsSync } from 'node:fs';
import { FailureError } from '../../failure.ts';
import { forgetDeadAnnouncements } from '../../run/announcedRuns.ts';
import { describeHolder } from '../../run/claimRun.ts';
import { artifactPath, type RunPaths, type TaskEnvironment, taskPaths } from '../../run/paths.ts';
import { readRun } from '../../run/readRun.ts';
import { repairRunsIndex } from '../../run/repairRunsIndex.ts';
import { recordAnnouncedRuns } from '../../run/runsIndex.ts';
import { errorCode } from '../../storage/errorCode.ts';
import { inspectLock } from '../../storage/lock.ts';
import { drainMetricsQueue } from '../metrics/drainMetricsQueue.ts';
import { namesIn } from '../metrics/pendingFiles.ts';
import { pendingPrefix } from '../metrics/queuePendingEntry.ts';
import { findUnfinished } from './findUnfinished.ts';
import { readAggregates } from './readAggregates.ts';
import { isUnrecorded, repairRun } from './repairRun.ts';
import { repairSharedMetrics, type SharedAction } from './repairSharedMetrics.ts';

/** One thing that was done. */
export type RepairAction =
  | SharedAction
  /**
   * `recorded` its line was missing; `marked` only its manifest did not say that it was recorded; `indexed` it was missing
   * from `runs.json`; `unannounced` it was announced for that, and killed before there was a summary to be put there.
   */
  | { kind: 'recorded' | 'marked' | 'indexed' | 'unannounced'; runId: string };

/** One thing that was left as it is. */
export type LeftAlone =
  | { kind: 'owned'; runId: string /** In words. */; owner: string }
  /** `rebuild` writes such a file anew; what else is damaged is for the user to restore. */
  | { kind: 'damaged' /** Relative to the repository. */; file: string; remedy: 'restore' | 'rebuild' };

export interface Repair {
  taskId: string;
  /** The task has neither runs nor metrics. */
  isEmpty: boolean;
  actions: RepairAction[];
  left: LeftAlone[];
}

/**
 * Brings in what killed processes of a task left behind: queued entries, ended runs that were not recorded or not put into
 * `runs.json`, announcements, temporary files; and brings the aggregates up to date. A second time there is nothing left to do. Runs may
 * be at work meanwhile: each file is changed under its lock, and a run that somebody owns is left to its owner.
 *
 * @throws FailureError `metrics-busy`; errno errors
 */
export async function repairMetrics(env: TaskEnvironment): Promise<Repair> {
  const { metricsPath, metricsPendingDir, runsDir, runsIndexPath } = taskPaths(env);
  const repair: Repair = { taskId: env.taskId, isEmpty: false, actions: [], left: [] };
  if (![metricsPath, metricsPendingDir, runsDir].some((file) => existsSync(file))) {
    return { ...repair, isEmpty: true };
  }
  const { unrecorded, unindexed, damaged } = await findUnfinished(env);
  const queued = new Set(
    unrecorded.filter((paths) => isQueued(env, paths, MAYBE_QUEUED)).map(({ runId }) => runId),
  );
  repair.actions.push(...(await repairSharedMetrics(env)));
  // Also sets the flags in the manifests whose entries were merged just now.
  await drainMetricsQueue(env);
  for (const paths of unrecorded) {
    await unlessDamaged(env, repair, paths, () =>
      repairUnrecorded(env, repair, paths, queued.has(paths.runId)),
    );
  }
  const unannounced = await forgetDeadAnnouncements(env);
  repair.actions.push(...unannounced.map((runId) => ({ kind: 'unannounced' as const, runId })));
  await unlessDamaged(env, repair, { manifestPath: runsIndexPath }, async () => {
    const { runIds } = await recordAnnouncedRuns(env);
    repair.actions.push(...runIds.map((runId) => ({ kind: 'indexed' as const, runId })));
  });
  for (const paths of unindexed) {
    const work = () => repairUnindexed(env, repair, paths);
    // What is damaged then is the index itself.
    if (!(await unlessDamaged(env, repair, paths, work))) break;
  }
  // The lock may have been busy while one of them was recorded.
  await drainMetricsQueue(env);
  repair.left.push(
    ...damaged.map((file) => ({ kind: 'damaged' as const, file, remedy: 'restore' as const })),
  );
  const aggregates = await readAggregates(env);
  repair.left.push(
    ...aggregates.damaged.map((file) => ({ kind: 'damaged' as const, file, remedy: 'rebuild' as const })),
  );
  return repair;
}

async function repairUnrecorded(
  env: TaskEnvironment,
  { actions, left }: Repair,
  paths: RunPaths,
  wasQueued: boolean,
): Promise<void> {
  const { runId } = paths;
  const manifest = await readRun(paths);
  if (wasQueued && !isUnrecorded(manifest)) actions.push({ kind: 'marked', runId });
  // It has queued its entry since, and whoever merges that sets the flag.
  if (isQueued(env, paths, QUEUED)) return;
  const outcome = await repairRun(env, paths, manifest);
  if (outcome === 'owned') left.push({ kind: 'owned', runId, owner: await ownerOf(env, paths) });
  else if (outcome !== 'fine') actions.push({ kind: outcome, runId });
}

async function repairUnindexed(env: TaskEnvironment, { actions }: Repair, paths: RunPaths): Promise<void> {
  // Its owner is about to do so.
  if ((await inspectLock(paths.ownerLockPath)) !== null) return;
  if (await repairRunsIndex(env, paths)) actions.push({ kind: 'indexed', runId: paths.runId });
}

/** False when it met a damaged file. That stays as it is, for whoever looks into it, and is no obstacle for other runs. */
async function unlessDamaged(
  env: TaskEnvironment,
  { left }: Repair,
  { manifestPath }: Pick<RunPaths, 'manifestPath'>,
  work: () => Promise<void>,
): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    // Removed since the folder was listed.
    if (errorCode(error) === 'ENOENT' && !existsSync(manifestPath)) return true;
    if (!(error instanceof FailureError) || error.failure.kind !== 'damaged-evidence') throw error;
    const file = artifactPath(env, error.failure.path);
    if (!left.some((each) => each.kind === 'damaged' && each.file === file))
      left.push({ kind: 'damaged', file, remedy: 'restore' });
    return false;
  }
}

const QUEUED = ['.jsonl', '.merged'];
/** Of these some are left by runs that were killed before they had queued anything. */
const MAYBE_QUEUED = [...QUEUED, '.tmp'];

function isQueued(env: TaskEnvironment, { runId }: RunPaths, suffixes: readonly string[]): boolean {
  const { metricsPendingDir } = taskPaths(env);
  const prefix = pendingPrefix(runId);
  return suffixes.some((suffix) =>
    namesIn(metricsPendingDir, suffix).some((name) => name.startsWith(prefix)),
  );
}

async function ownerOf(env: TaskEnvironment, { ownerLockPath }: RunPaths): Promise<string> {
  const lock = await inspectLock(ownerLockPath);
  if (lock === null) return 'another tool, whose heartbeat is fresh';
  return describeHolder(lock.owner, artifactPath(env, ownerLockPath));
}
