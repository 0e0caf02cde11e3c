import fs from 'node:fs';
import path from 'node:path';
import { FailureError } from '../failure.ts';
import { jsonDocument, replaceFileSync } from '../storage/replaceFile.ts';
import { sweepTempFiles } from '../storage/sweepTempFiles.ts';
import { type ArchiveSegment, allSegments, divideIntoSegments, segmentsAround } from './archiveSegments.ts';
import { artifactPath, type TaskEnvironment, taskPaths } from './paths.ts';
import { orderedRuns, readRunsDocument, runsDocumentText, runText, textField } from './runsDocument.ts';

// Everything here is called under the state lock of the task.

/**
 * Moves runs from `runs.json` to the archive. A note in `<out>/<task>/runs/moving.json` tells which files are being
 * written; then they are, and only then does `replaceIndex` take the runs out of `runs.json`. Killed in between, runs
 * are in both places until {@link settleMove}.
 *
 * @param runs ordered by time
 * @throws errno errors; every run is in `runs.json`, in the archive or in both. FailureError `damaged-evidence` for a
 *   file of the archive that has the name of a new one and cannot be read.
 */
export async function moveToArchive(
  env: TaskEnvironment,
  runs: unknown[],
  replaceIndex: () => void,
): Promise<void> {
  const { runsArchiveDir, runsIndexPath } = taskPaths(env);
  const note = notePath(env);
  const segments = divideIntoSegments(env, runs);
  const names = segments.map(({ file }) => path.relative(runsArchiveDir, file));
  replaceFileSync(note, jsonDocument(names), env);
  for (const segment of segments) writeSegment(env, segment);
  replaceIndex();
  fs.rmSync(note);
  await sweepTempFiles(runsIndexPath, { olderThanMs: 0 });
}

/**
 * Ends a move to the archive that was killed: runs that `runs.json` still holds are taken out of the files that were
 * being written. Costs one look for the note when there is nothing to settle.
 *
 * @param indexed the runs in `runs.json`
 * @throws errno errors.
 */
export async function settleMove(env: TaskEnvironment, indexed: unknown[]): Promise<void> {
  const { runsArchiveDir, runsIndexPath } = taskPaths(env);
  const note = notePath(env);
  if (!fs.existsSync(note)) return;
  const names = namesFrom(fs.readFileSync(note, 'utf8'));
  const ids = new Set(indexed.map(identityOf));
  for (const name of names) {
    const file = path.join(runsArchiveDir, name);
    await sweepTempFiles(file, { olderThanMs: 0 });
    unlessDamaged(() => keepInSegment(env, file, (run) => !ids.has(identityOf(run))));
  }
  for (const file of [note, runsIndexPath]) await sweepTempFiles(file, { olderThanMs: 0 });
  fs.rmSync(note);
}

/** Whether the archive holds the run of this id and time, as far as it can be read. Throws errno errors. */
export function archiveHolds(env: TaskEnvironment, runId: string, timestamp: string): boolean {
  for (const file of segmentsAround(env, timestamp)) {
    const document = unlessDamaged(() => readRunsDocument(file, env.taskId, env.activity));
    if (document?.runs.some((run) => isAt(run, runId, timestamp)) === true) return true;
  }
  return false;
}

/** Ids of all runs in the archive; a file that cannot be read is passed over. Reads all of it. Throws errno errors. */
export function archivedRunIds(env: TaskEnvironment): string[] {
  return allSegments(env).flatMap((file) => {
    const document = unlessDamaged(() => readRunsDocument(file, env.taskId, env.activity));
    return document?.runs.map((run) => textField(run, 'runId')) ?? [];
  });
}

/**
 * Takes the summaries that a run had at earlier times out of the archive. Only the segments that may hold them are read.
 *
 * @returns sentences about segments that cannot be read; they are left as they are.
 * @throws errno errors.
 */
export function takeFromArchive(env: TaskEnvironment, runId: string, timestamps: string[]): string[] {
  const warnings: string[] = [];
  for (const timestamp of timestamps) {
    for (const file of segmentsAround(env, timestamp)) {
      const taken = unlessDamaged(() => keepInSegment(env, file, (run) => !isAt(run, runId, timestamp)));
      const name = artifactPath(env, file);
      if (taken === null)
        warnings.push(`${name} is damaged and was left as it is; it may hold run ${runId} too.`);
    }
  }
  return warnings;
}

/** A file of this name is there after a move that was killed, or when many runs have one timestamp: nothing is lost. */
function writeSegment(env: TaskEnvironment, { file, runs, texts }: ArchiveSegment): void {
  const ids = new Set(runs.map(identityOf));
  const there = readRunsDocument(file, env.taskId, env.activity)?.runs ?? [];
  const others = there.filter((run) => !ids.has(identityOf(run)));
  if (others.length > 0) replaceSegment(env, file, orderedRuns([...others, ...runs]));
  else replaceSegment(env, file, runs, texts);
}

/** Returns how many runs were taken out. */
function keepInSegment(env: TaskEnvironment, file: string, isKept: (run: unknown) => boolean): number {
  const runs = readRunsDocument(file, env.taskId, env.activity)?.runs ?? [];
  const kept = runs.filter(isKept);
  if (kept.length === runs.length) return 0;
  if (kept.length === 0) fs.rmSync(file);
  else replaceSegment(env, file, kept);
  return runs.length - kept.length;
}

/** Null for a file that cannot be understood, which is no reason to keep other runs from the index. */
function unlessDamaged<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof FailureError) return null;
    throw error;
  }
}

function replaceSegment(
  env: TaskEnvironment,
  file: string,
  runs: unknown[],
  texts = runs.map(runText),
): void {
  replaceFileSync(file, runsDocumentText(env.taskId, runs, texts), env);
}

function isAt(run: unknown, runId: string, timestamp: string): boolean {
  return textField(run, 'runId') === runId && textField(run, 'timestamp') === timestamp;
}

/** By what a run is recognised: its id, or all of it when another tool wrote it without one. */
function identityOf(run: unknown): string {
  return textField(run, 'runId') || JSON.stringify(run);
}

function notePath(env: TaskEnvironment): string {
  return path.join(taskPaths(env).runsArchiveDir, 'moving.json');
}

/** Nothing for a note that cannot be understood: it is written as a whole, so nobody has begun by it. */
function namesFrom(note: string): string[] {
  try {
    const names: unknown = JSON.parse(note);
    return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
  } catch {
    return [];
  }
}
