import { readFile } from 'node:fs/promises';
import { errorCode } from '../storage/errorCode.ts';
import type { RunPaths, TaskEnvironment } from './paths.ts';
import { recordRunInIndex } from './runsIndex.ts';
import { readRunsIndex, textField } from './runsIndexFile.ts';

/**
 * Adds a finished run to `runs.json` if it is missing there, because its process was stopped after everything else or
 * found the lock of the index busy. Its own `run-summary.json` is what is added.
 *
 * @returns whether the index was changed.
 * @throws FailureError `damaged-evidence` for an index that cannot be read; errno errors.
 */
export async function repairRunsIndex(env: TaskEnvironment, paths: RunPaths): Promise<boolean> {
  const index = await readRunsIndex(env);
  if (index?.runs.some((run) => textField(run, 'runId') === paths.runId) === true) return false;
  const summary = await readSummary(paths);
  if (summary === null) return false;
  const timestamp = textField(summary, 'timestamp');
  return (await recordRunInIndex(env, { ...summary, runId: paths.runId, timestamp })).recorded;
}

/** Null when there is none to be added. */
async function readSummary(paths: RunPaths): Promise<object | null> {
  try {
    const value: unknown = JSON.parse(await readFile(paths.runSummaryPath, 'utf8'));
    return typeof value === 'object' && value !== null && textField(value, 'runId') === paths.runId
      ? value
      : null;
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || error instanceof SyntaxError) return null;
    throw error;
  }
}
