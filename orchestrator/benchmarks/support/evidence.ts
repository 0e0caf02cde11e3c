import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod/mini';
import { readJsonLines } from '../../src/storage/readJsonLines.ts';
import type { TaskPaths } from '../../src/run/paths.ts';

const manifestShape = z.object({ status: z.string() });
const entryShape = z.object({ run_id: z.string() });
const chunkShape = z.object({ type: z.literal('exec:chunk'), bytes: z.number() });

/** The status in the manifest of every run of a task, in no order. */
export async function runStatuses(paths: TaskPaths): Promise<string[]> {
  const runs = await readdir(paths.runsDir);
  return Promise.all(
    runs.map(async (run) => {
      const text = await readFile(path.join(paths.runsDir, run, 'manifest.json'), 'utf8');
      return manifestShape.parse(JSON.parse(text)).status;
    }),
  );
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
  try {
    const names = await readdir(directory);
    return names.filter((name) => name.endsWith('.jsonl')).map((name) => path.join(directory, name));
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (isMissing) return [];
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
