import fs from 'node:fs';
import { type AnnouncedRun, readAnnouncements, readRunSummary } from './announcedRuns.ts';
import { runPaths, type TaskEnvironment } from './paths.ts';
import { archiveHolds, settleMove, takeFromArchive } from './runsArchive.ts';
import { textField } from './runsDocument.ts';
import { readLegacyRunsIndex, readRunsIndex, writeRunsIndex } from './runsIndexFile.ts';

/** The fields of a run summary that the index works with; everything else is kept as it is. */
export interface IndexedRun {
  runId: string;
  /** UTC ISO-8601; orders the runs. */
  timestamp: string;
}

export interface Merge {
  /** Ids of the runs that were put into the index. */
  runIds: string[];
  /** Sentences for the user. */
  warnings: string[];
}

/** A run to be put into the index, with everything that was announced about it. */
interface Update {
  run: IndexedRun;
  announcements: string[];
  /** Times of earlier summaries of the run. */
  earlier: Set<string>;
}

/**
 * Puts one run and all announced ones into the index, under the state lock. An announcement goes last: a kill in
 * between leaves it, and the next merge does the same again, to the same end.
 *
 * The cost depends on the size of `runs.json`, which is limited, and on how many runs are merged. Only a run that was
 * indexed before and is not in `runs.json` any more is looked up in the archive, by the time of its earlier summary.
 *
 * @throws FailureError `damaged-evidence`; errno errors.
 */
export async function mergeAnnounced(env: TaskEnvironment, own: IndexedRun | null): Promise<Merge> {
  const index = readRunsIndex(env);
  await settleMove(env, index?.runs ?? []);
  const updates = collectUpdates(env, own);
  const warnings: string[] = [];
  if (updates.length > 0) {
    const known = (index ?? (await readLegacyRunsIndex(env)))?.runs ?? [];
    const runs = withUpdates(env, known, updates);
    if (runs !== null) await writeRunsIndex(env, runs);
    for (const update of updates) {
      warnings.push(...takeFromArchive(env, update.run.runId, archivedTimes(known, update)));
    }
  }
  for (const file of updates.flatMap(({ announcements }) => announcements)) fs.rmSync(file, { force: true });
  return { runIds: updates.map(({ run }) => run.runId), warnings };
}

/** Whether an announced run has its summary, so that a merge would put it into the index. Throws errno errors. */
export function isMergeDue(env: TaskEnvironment): boolean {
  return collectUpdates(env, null).length > 0;
}

/** An announced summary that is still to come is no update: without its announcement nobody knows of the earlier one. */
function collectUpdates(env: TaskEnvironment, own: IndexedRun | null): Update[] {
  const byRun = new Map<string, AnnouncedRun[]>(own === null ? [] : [[own.runId, []]]);
  for (const announced of readAnnouncements(env)) {
    byRun.set(announced.runId, [...(byRun.get(announced.runId) ?? []), announced]);
  }
  return [...byRun].flatMap(([runId, announced]) => {
    const earlier = new Set(announced.flatMap((each) => each.earlier ?? []));
    const run = own?.runId === runId ? own : summaryOf(env, runId);
    if (run === null || (run !== own && earlier.has(run.timestamp))) return [];
    return [{ run, announcements: announced.map(({ file }) => file), earlier }];
  });
}

function summaryOf(env: TaskEnvironment, runId: string): IndexedRun | null {
  const summary = readRunSummary(runPaths(env, runId), env);
  return summary && { ...summary, runId, timestamp: textField(summary, 'timestamp') };
}

/** Null when the archive holds all of them already: a merge was killed before it removed their announcements. */
function withUpdates(env: TaskEnvironment, known: unknown[], updates: Update[]): unknown[] | null {
  const oldest = textField(known[0], 'timestamp');
  const fresh: IndexedRun[] = [];
  for (const { run } of updates) {
    const isArchived = run.timestamp < oldest && archiveHolds(env, run.runId, run.timestamp);
    if (!isArchived) fresh.push(run);
  }
  if (fresh.length === 0) return null;
  const runIds = new Set(fresh.map(({ runId }) => runId));
  return [...known.filter((run) => !runIds.has(textField(run, 'runId'))), ...fresh];
}

/** Of the times under which a run was indexed, those at which `runs.json` did not hold it. */
function archivedTimes(known: unknown[], { run: { runId, timestamp }, earlier }: Update): string[] {
  if (earlier.size === 0) return [];
  const indexed = known.filter((run) => textField(run, 'runId') === runId);
  const found = new Set(indexed.map((run) => textField(run, 'timestamp')));
  return [...earlier].filter((time) => time !== timestamp && !found.has(time));
}
