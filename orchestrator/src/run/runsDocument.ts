import fs from 'node:fs';
import { FailureError } from '../failure.ts';
import { errorCode } from '../storage/errorCode.ts';
import { count, type FileActivity } from '../storage/fileActivity.ts';
import { withPath } from '../storage/withPath.ts';

/** The document of `runs.json` and of the files of its archive; the runs are kept as they are, whoever wrote them. */
export interface RunsDocument {
  taskId: string;
  lastRunAt: string | null;
  runs: unknown[];
}

/** Of Node, for a file above 512 MiB or 2 GiB. */
const TOO_LARGE = ['ERR_STRING_TOO_LONG', 'ERR_FS_FILE_TOO_LARGE'];

/**
 * Reads a document of runs; null when there is none. Synchronous, because the thread pool takes longer for a file of this
 * size than the work itself.
 *
 * @throws FailureError `damaged-evidence` when it cannot be parsed, belongs to another task or is above 512 MiB; errno
 *   errors.
 */
export function readRunsDocument(path: string, taskId: string, activity?: FileActivity): RunsDocument | null {
  const content = readText(path, activity);
  if (content === null) return null;
  const damaged = (detail: string) => new FailureError({ kind: 'damaged-evidence', path, detail });
  const document = parseRunsDocument(content);
  if (document === undefined) throw damaged('it is not valid JSON');
  if (document === null) throw damaged('expected { "taskId": "…", "runs": [ … ] }');
  if (document.taskId !== taskId)
    throw damaged(`it belongs to task "${document.taskId}", not to "${taskId}"`);
  return document;
}

/** Undefined for what is not JSON, null for another document. Pure. */
export function parseRunsDocument(content: string): RunsDocument | null | undefined {
  try {
    const value: unknown = JSON.parse(content);
    return isRunsDocument(value) ? value : null;
  } catch {
    return undefined;
  }
}

const BEFORE_RUN = '{\n  "runs": [\n';
const AFTER_RUN = '\n  ]\n}';

/** One run as it stands in the text of a document. */
export function runText(run: unknown): string {
  return JSON.stringify({ runs: [run] }, null, 2).slice(BEFORE_RUN.length, -AFTER_RUN.length);
}

/**
 * The text of a document, 2-space JSON; the contract wants no newline at its end. Put together from the texts of its
 * runs, so that whoever needs to know their sizes does not spell them out twice.
 *
 * @param runs ordered by time
 */
export function runsDocumentText(taskId: string, runs: unknown[], texts: string[]): string {
  const lastRunAt = textField(runs.at(-1), 'timestamp') || null;
  const list = texts.length === 0 ? '[]' : `[\n${texts.join(',\n')}\n  ]`;
  return `{\n  "taskId": ${JSON.stringify(taskId)},\n  "lastRunAt": ${JSON.stringify(lastRunAt)},\n  "runs": ${list}\n}`;
}

/** A field of a value that other tools may have written; an empty string unless it is a string. */
export function textField(value: unknown, field: string): string {
  if (typeof value !== 'object' || value === null) return '';
  const found: unknown = Reflect.get(value, field);
  return typeof found === 'string' ? found : '';
}

/** Runs ordered by `timestamp` ascending; those of one timestamp keep their order. */
export function orderedRuns(runs: unknown[]): unknown[] {
  return runs.toSorted((a, b) => compare(textField(a, 'timestamp'), textField(b, 'timestamp')));
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function isRunsDocument(value: unknown): value is RunsDocument {
  if (typeof value !== 'object' || value === null || !('taskId' in value) || !('runs' in value)) return false;
  return typeof value.taskId === 'string' && Array.isArray(value.runs);
}

function readText(path: string, activity: FileActivity | undefined): string | null {
  try {
    const text = fs.readFileSync(path, 'utf8');
    count(activity?.reads, text);
    return text;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    if (TOO_LARGE.includes(errorCode(error))) {
      throw new FailureError({
        kind: 'damaged-evidence',
        path,
        detail: 'it is too large to be read at once',
      });
    }
    throw withPath(error, path);
  }
}
