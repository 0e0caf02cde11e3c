import fs from 'node:fs';
import { errorCode } from '../storage/errorCode.ts';
import { count } from '../storage/fileActivity.ts';
import { inspectLock } from '../storage/lock.ts';
import { jsonDocument, replaceFileSync } from '../storage/replaceFile.ts';
import { dropFile, droppedFiles, newFile } from './dropFile.ts';
import { type RunPaths, runPaths, type TaskEnvironment, taskPaths } from './paths.ts';
import { textField } from './runsDocument.ts';

/** A run whose summary belongs into `runs.json`. */
export interface AnnouncedRun {
  /** Absolute path of the announcement; whoever has put the run into the index removes it. */
  file: string;
  runId: string;
  /** `timestamp` of its summary before: its entry in the index, if any, is of that time. */
  earlier: string | null;
}

/**
 * Says in `<runs>/<task>/runs.pending/` that the summary of a run is about to be written and belongs into `runs.json`.
 * Called before that, because afterwards nobody knows under which time the run was in the index. From here on the next
 * one who has the state lock brings it in, whether this process finds the lock busy or is killed.
 *
 * Without fsync for a run that was never indexed: after a power loss `resume` finds it missing and adds it.
 *
 * @returns absolute path of the announcement.
 * @throws errno errors.
 */
export function announceRun(env: TaskEnvironment, paths: RunPaths): string {
  const { runsPendingDir } = taskPaths(env);
  const earlier = textField(readRunSummary(paths, env), 'timestamp') || null;
  const text = jsonDocument({ run_id: paths.runId, earlier });
  if (earlier === null) return dropFile(runsPendingDir, text, env.activity);
  const file = newFile(runsPendingDir);
  replaceFileSync(file, text, env);
  return file;
}

/**
 * Reads the announcements, and removes what can be none: of a run that was deleted, or litter of a kill or a power loss.
 * Throws errno errors.
 */
export function readAnnouncements(env: TaskEnvironment): AnnouncedRun[] {
  return droppedFiles(taskPaths(env).runsPendingDir).flatMap((file) => {
    const value = readJson(file, env);
    const runId = textField(value, 'run_id');
    if (runId !== '' && fs.existsSync(runPaths(env, runId).runDir)) {
      return [{ file, runId, earlier: textField(value, 'earlier') || null }];
    }
    fs.rmSync(file, { force: true });
    return [];
  });
}

/**
 * Removes announcements of summaries that nobody is going to write: whoever announced them owned the run until they were
 * written, and nobody owns it now. Only those stay of which a resume would not know what they say about an earlier summary.
 *
 * @returns ids of the runs, each once.
 * @throws errno errors.
 */
export async function forgetDeadAnnouncements(env: TaskEnvironment): Promise<string[]> {
  const forgotten = new Set<string>();
  for (const { file, runId, earlier } of readAnnouncements(env)) {
    const paths = runPaths(env, runId);
    const lock = await inspectLock(paths.ownerLockPath);
    if (lock !== null && lock.liveness !== 'dead') continue;
    // Read after the look at the lock: its owner may have written it until then.
    if (earlier !== (textField(readRunSummary(paths, env), 'timestamp') || null)) continue;
    fs.rmSync(file, { force: true });
    forgotten.add(runId);
  }
  return [...forgotten];
}

/** The document of `run-summary.json`; null when there is none that belongs to the run. Throws errno errors. */
export function readRunSummary(paths: RunPaths, env: TaskEnvironment): object | null {
  const value = readJson(paths.runSummaryPath, env);
  return typeof value === 'object' && value !== null && textField(value, 'runId') === paths.runId
    ? value
    : null;
}

/** Undefined for a file that is missing or damaged. Synchronous: nearly always it is missing. */
function readJson(file: string, { activity }: TaskEnvironment): unknown {
  try {
    const text = fs.readFileSync(file, 'utf8');
    count(activity?.reads, text);
    return JSON.parse(text);
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
