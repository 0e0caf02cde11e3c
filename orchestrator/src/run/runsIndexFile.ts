import { FailureError } from '../failure.ts';
import { replaceFile } from '../storage/replaceFile.ts';
import { type TaskEnvironment, taskPaths } from './paths.ts';
import { readIfPresent } from './readIfPresent.ts';

/** The document of `runs.json`; its runs are kept as they are, whoever wrote them. */
export interface RunsIndex {
  taskId: string;
  lastRunAt: string | null;
  runs: unknown[];
}

/**
 * Reads `<out>/<task>/runs.json`; null when there is none.
 *
 * @throws FailureError `damaged-evidence` when it cannot be parsed or belongs to another task; errno errors.
 */
export async function readRunsIndex(env: TaskEnvironment): Promise<RunsIndex | null> {
  const path = taskPaths(env).runsIndexPath;
  const content = await readIfPresent(path);
  if (content === null) return null;
  const damaged = (detail: string) => new FailureError({ kind: 'damaged-evidence', path, detail });
  const document = parse(content);
  if (document === undefined) throw damaged('it is not valid JSON');
  if (!isIndex(document)) throw damaged('expected { "taskId": "…", "runs": [ … ] }');
  if (document.taskId !== env.taskId) {
    throw damaged(`it belongs to task "${document.taskId}", not to "${env.taskId}"`);
  }
  return document;
}

/** Null unless `state.json` is an index of this task: nowadays that file holds an aggregate of the metrics. */
export async function readLegacyRunsIndex(env: TaskEnvironment): Promise<RunsIndex | null> {
  const content = await readIfPresent(taskPaths(env).outStatePath);
  const document = content === null ? undefined : parse(content);
  return isIndex(document) && document.taskId === env.taskId ? document : null;
}

/** Replaces the index, ordered by `timestamp`. The contract wants no newline at its end. */
export async function writeRunsIndex(env: TaskEnvironment, runs: unknown[]): Promise<void> {
  const ordered = runs.toSorted((a, b) => compare(textField(a, 'timestamp'), textField(b, 'timestamp')));
  const index: RunsIndex = {
    taskId: env.taskId,
    lastRunAt: textField(ordered.at(-1), 'timestamp') || null,
    runs: ordered,
  };
  await replaceFile(taskPaths(env).runsIndexPath, JSON.stringify(index, null, 2));
}

function isIndex(value: unknown): value is RunsIndex {
  if (typeof value !== 'object' || value === null || !('taskId' in value) || !('runs' in value)) return false;
  return typeof value.taskId === 'string' && Array.isArray(value.runs);
}

/** A field of a value that other tools may have written; an empty string unless it is a string. */
export function textField(value: unknown, field: string): string {
  if (typeof value !== 'object' || value === null) return '';
  const found: unknown = Reflect.get(value, field);
  return typeof found === 'string' ? found : '';
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function parse(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}
