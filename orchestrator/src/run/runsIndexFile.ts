import { replaceFileSync } from '../storage/replaceFile.ts';
import { type TaskEnvironment, taskPaths } from './paths.ts';
import { readIfPresent } from './readIfPresent.ts';
import { moveToArchive } from './runsArchive.ts';
import {
  orderedRuns,
  parseRunsDocument,
  readRunsDocument,
  type RunsDocument,
  runsDocumentText,
  runText,
} from './runsDocument.ts';

/**
 * Size of the runs in `runs.json`, in characters, above which the oldest move to the archive, and what the newest may
 * have that stay. A limit by size, because every run reads, parses, spells out and fsyncs that file: about 4 ms per MiB.
 * A summary has 3 KiB for one stage and 8 KiB for ten, so that 30 to 160 runs are there.
 */
const MOST_CHARACTERS = 524_288;
const KEPT_CHARACTERS = MOST_CHARACTERS / 2;

/** Reads `<out>/<task>/runs.json`; as {@link readRunsDocument}. */
export function readRunsIndex(env: TaskEnvironment): RunsDocument | null {
  return readRunsDocument(taskPaths(env).runsIndexPath, env.taskId, env.activity);
}

/** Null unless `state.json` is an index of this task: nowadays that file holds an aggregate of the metrics. */
export async function readLegacyRunsIndex(env: TaskEnvironment): Promise<RunsDocument | null> {
  const content = await readIfPresent(taskPaths(env).outStatePath, env.activity);
  const document = content === null ? null : parseRunsDocument(content);
  return document?.taskId === env.taskId ? document : null;
}

/**
 * Replaces the index, ordered by `timestamp`. When it has become too large, the oldest runs go to the archive: however
 * long the history is, and whoever left all of it in `runs.json`, the next run finds a small file.
 *
 * @throws errno errors; FailureError `damaged-evidence` as {@link moveToArchive}. No run is lost then.
 */
export async function writeRunsIndex(env: TaskEnvironment, runs: unknown[]): Promise<void> {
  const ordered = orderedRuns(runs);
  const texts = textsOfNewest(ordered);
  // Sooner done than handed to the thread pool, and whoever comes next waits for the lock.
  const replaceIndex = () =>
    replaceFileSync(taskPaths(env).runsIndexPath, runsDocumentText(env.taskId, ordered, texts), env);
  const moved = ordered.slice(0, ordered.length - texts.length);
  if (moved.length === 0) replaceIndex();
  else await moveToArchive(env, moved, replaceIndex);
}

/** Of the runs that stay in `runs.json`, at least one: looks no further than the limit, whatever lies behind it. */
function textsOfNewest(ordered: unknown[]): string[] {
  const newestFirst: string[] = [];
  let characters = 0;
  let kept = 1;
  for (let at = ordered.length - 1; at >= 0; at -= 1) {
    const text = runText(ordered[at]);
    characters += text.length;
    if (characters > MOST_CHARACTERS && newestFirst.length > 0)
      return newestFirst.slice(0, kept).toReversed();
    newestFirst.push(text);
    if (characters <= KEPT_CHARACTERS) kept = newestFirst.length;
  }
  return newestFirst.toReversed();
}
