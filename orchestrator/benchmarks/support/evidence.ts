import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod/mini';
import { readJsonLines } from '../../src/storage/readJsonLines.ts';
import type { TaskPaths } from '../../src/run/paths.ts';

const manifestShape = z.object({ run_id: z.string(), status: z.string(), metrics_recorded: z.boolean() });
const entryShape = z.object({ run_id: z.string() });
const countShape = z.object({ total_runs: z.number() });
const indexShape = z.object({ runs: z.array(z.object({ runId: z.string() })) });
const chunkShape = z.object({ type: z.literal('exec:chunk'), bytes: z.number() });

/** What the manifest of a run says. */
export type RunManifest = z.infer<typeof manifestShape>;

/** The manifests of a task's runs that are there and complete, in no order. */
export async function runManifests(paths: TaskPaths): Promise<RunManifest[]> {
  const runs = await readdir(paths.runsDir);
  const documents = await Promise.all(
    runs.map((run) => readDocument(path.join(paths.runsDir, run, 'manifest.json'))),
  );
  return documents.flatMap((document) =>
    typeof document === 'object' ? [manifestShape.parse(document.value)] : [],
  );
}

/** How many runs the aggregates of a task count; 0 when there are none. Throws when they are not complete. */
export async function countedRuns({ aggregatesDir }: TaskPaths): Promise<number> {
  const document = await readDocument(path.join(aggregatesDir, 'post-rollout.json'));
  if (document === 'missing') return 0;
  if (document === 'torn') throw new Error('post-rollout.json is not complete.');
  return countShape.parse(document.value).total_runs;
}

/** The run ids in the index of a task and in its archive. Throws when one of these is not complete. */
export async function indexedRunIds({ runsIndexPath, runsArchiveDir }: TaskPaths): Promise<string[]> {
  const ids: string[] = [];
  for (const file of [runsIndexPath, ...(await documentsIn(runsArchiveDir))]) {
    const document = await readDocument(file);
    if (document === 'torn') throw new Error(`${file} is not complete.`);
    if (document !== 'missing') ids.push(...indexShape.parse(document.value).runs.map(({ runId }) => runId));
  }
  return ids;
}

/** Those JSON documents that are there and not complete. */
export async function tornDocuments(files: readonly string[]): Promise<string[]> {
  const torn: string[] = [];
  for (const file of files) if ((await readDocument(file)) === 'torn') torn.push(file);
  return torn;
}

/** Every JSON document in a folder and all below; none when it does not exist. The metrics history is JSON lines. */
export async function documentsIn(folder: string): Promise<string[]> {
  const names = await unlessMissing(readdir(folder, { recursive: true }), []);
  return names
    .filter((name) => name.endsWith('.json') && path.basename(name) !== 'metrics.json')
    .map((name) => path.join(folder, name));
}

/** The run id of every metrics entry of a task: those in the history, and those that still wait to be merged. */
export async function metricsRunIds(paths: TaskPaths): Promise<{ recorded: string[]; pending: string[] }> {
  const pending: string[] = [];
  for (const file of await pendingFiles(paths.metricsPendingDir)) pending.push(...(await runIdsIn(file)));
  return { recorded: await runIdsIn(paths.metricsPath), pending };
}

/**
 * How many bytes of output the stage logs of a task's only run account for.
 *
 * @throws Error when a line of a log is damaged, or when there is not exactly one run.
 */
export async function loggedBytes(paths: TaskPaths, signal: AbortSignal): Promise<number> {
  const [run, ...others] = await readdir(paths.runsDir);
  if (run === undefined || others.length > 0) throw new Error('There is not exactly one run to look at.');
  const commandsDir = path.join(paths.runsDir, run, 'commands');
  let sum = 0;
  for (const name of await readdir(commandsDir)) {
    if (!name.endsWith('.ndjson')) continue;
    for await (const value of values(path.join(commandsDir, name))) {
      signal.throwIfAborted();
      const chunk = chunkShape.safeParse(value);
      if (chunk.success) sum += chunk.data.bytes;
    }
  }
  return sum;
}

async function pendingFiles(directory: string): Promise<string[]> {
  const names = await unlessMissing(readdir(directory), []);
  return names.filter((name) => name.endsWith('.jsonl')).map((name) => path.join(directory, name));
}

async function readDocument(file: string): Promise<{ value: unknown } | 'missing' | 'torn'> {
  const text = await unlessMissing(readFile(file, 'utf8'), null);
  if (text === null) return 'missing';
  try {
    return { value: JSON.parse(text) };
  } catch {
    return 'torn';
  }
}

async function unlessMissing<T, U>(reading: Promise<T>, otherwise: U): Promise<T | U> {
  try {
    return await reading;
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (isMissing) return otherwise;
    throw error;
  }
}

async function runIdsIn(file: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const value of values(file)) ids.push(entryShape.parse(value).run_id);
  return ids;
}

async function* values(file: string): AsyncGenerator {
  for await (const line of readJsonLines(file)) {
    if (line.kind === 'damaged') throw new Error(`${file}:${line.line}: ${line.reason}`);
    yield line.value;
  }
}
