import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { FailureError } from '../failure.ts';
import { compareNewestFirst, validateRunId } from './ids.ts';
import { runPaths, type RunPaths, type TaskEnvironment } from './paths.ts';
import { errorCode } from '../storage/errorCode.ts';

/** Most ids that an error message offers. */
const MAX_SUGGESTIONS = 3;

export interface RunLocation {
  env: TaskEnvironment;
  paths: RunPaths;
}

/**
 * Finds a run by id. The environment's task is tried first; without `onlyTask` every task is. An id may be
 * shortened to any part that names exactly one run; no id means the newest run that is not a child run. Throws
 * `run-not-found` with the ids that come near.
 */
export function findRun(env: TaskEnvironment, runId: string | null, onlyTask: boolean): RunLocation {
  if (runId !== null) validateRunId(runId);
  const tasks = onlyTask ? [env.taskId] : [env.taskId, ...taskIds(env).filter((id) => id !== env.taskId)];
  const matches = runId === null ? newestParent(env, tasks) : namedRuns(env, tasks, runId);
  const [match] = matches;
  if (match !== undefined && matches.length === 1) return match;
  const nearest =
    matches.length > 0 ? matches : [...first(newestRuns(env, tasks, () => true))].map(locator(env));
  throw new FailureError({
    kind: 'run-not-found',
    runId,
    taskId: onlyTask ? env.taskId : null,
    runsRoot: env.runsRoot,
    nearest: nearest.slice(0, MAX_SUGGESTIONS).map(({ paths }) => paths.runId),
  });
}

/** The run of exactly that id, else those whose id contains it, at most one more than an error message offers. */
function namedRuns(env: TaskEnvironment, tasks: string[], runId: string): RunLocation[] {
  const exact = tasks
    .map((taskId) => locate(env, taskId, runId))
    .find(({ paths }) => existsSync(paths.manifestPath));
  if (exact !== undefined) return [exact];
  return [...first(newestRuns(env, tasks, (id) => id.includes(runId)))].map(locator(env));
}

/** The newest run that a user began; a child run has a parent beside it. */
function newestParent(env: TaskEnvironment, tasks: string[]): RunLocation[] {
  for (const run of newestRuns(env, tasks, () => true)) {
    const location = locate(env, run.taskId, run.runId);
    if (!isChildRun(location)) return [location];
  }
  return [];
}

function isChildRun({ env, paths }: RunLocation): boolean {
  try {
    const manifest: unknown = JSON.parse(readFileSync(paths.manifestPath, 'utf8'));
    if (typeof manifest !== 'object' || manifest === null || !('parent_run_id' in manifest)) return false;
    const parent = manifest.parent_run_id;
    return typeof parent === 'string' && existsSync(runPaths(env, parent).manifestPath);
  } catch {
    // A damaged run is reported by whoever reads it next.
    return false;
  }
}

/**
 * The runs of the given tasks, newest first, one at a time, so that a caller who wants few reads few. A run without
 * a manifest (killed at birth) is left out.
 */
export function* newestRuns(
  env: TaskEnvironment,
  tasks: string[],
  accept: (runId: string) => boolean,
): Generator<{ taskId: string; runId: string }> {
  const names = tasks.flatMap((taskId) =>
    directoryNames(path.join(env.runsRoot, taskId, 'cli'))
      .filter(accept)
      .map((runId) => ({ taskId, runId })),
  );
  for (const run of names.toSorted((a, b) => compareNewestFirst(a.runId, b.runId))) {
    if (existsSync(locate(env, run.taskId, run.runId).paths.manifestPath)) yield run;
  }
}

/** Every task that has runs, in name order. */
export function taskIds(env: TaskEnvironment): string[] {
  return directoryNames(env.runsRoot)
    .filter((name) => existsSync(path.join(env.runsRoot, name, 'cli')))
    .toSorted();
}

function* first<T>(items: Iterable<T>): Generator<T> {
  let count = 0;
  for (const item of items) {
    yield item;
    count += 1;
    if (count > MAX_SUGGESTIONS) return;
  }
}

function locator(env: TaskEnvironment): (run: { taskId: string; runId: string }) => RunLocation {
  return ({ taskId, runId }) => locate(env, taskId, runId);
}

function locate(env: TaskEnvironment, taskId: string, runId: string): RunLocation {
  const own = { ...env, taskId };
  return { env: own, paths: runPaths(own, runId) };
}

function directoryNames(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}
