import fs from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { announceRun } from '../../src/run/announcedRuns.ts';
import { runPaths, type TaskEnvironment, taskPaths } from '../../src/run/paths.ts';
import { recordRunInIndex, type RunsIndexOptions, type RunsIndexResult } from '../../src/run/runsIndex.ts';

const SUMMARY = z.looseObject({ runId: z.string(), timestamp: z.string() });
const DOCUMENT = z.strictObject({
  taskId: z.string(),
  lastRunAt: z.string().nullable(),
  runs: z.array(SUMMARY),
});

export type StoredSummary = z.infer<typeof SUMMARY>;

/** A summary that counts by its size: `KiB` of notes. The timestamps are a minute apart. */
export function sizedSummary(runId: string, minute: number, KiB = 1): StoredSummary {
  const timestamp = new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
  return { runId, timestamp, notes: 'x'.repeat(KiB * 1024) };
}

/** What the end of a run does: announces it, writes its summary. Returns the announcement. */
export function announce(env: TaskEnvironment, summary: StoredSummary): string {
  const paths = runPaths(env, summary.runId);
  fs.mkdirSync(paths.runDir, { recursive: true });
  const announcement = announceRun(env, paths);
  fs.writeFileSync(paths.runSummaryPath, JSON.stringify(summary));
  return announcement;
}

/** {@link announce}, then puts the run into the index. */
export async function recordRun(
  env: TaskEnvironment,
  summary: StoredSummary,
  options: RunsIndexOptions = {},
): Promise<RunsIndexResult> {
  return recordRunInIndex(env, summary, { announcement: announce(env, summary), ...options });
}

/** Names of the files of the archive, `<month>/<first>_<last>.json`, oldest first. */
export function segmentNames(env: TaskEnvironment): string[] {
  const { runsArchiveDir } = taskPaths(env);
  if (!fs.existsSync(runsArchiveDir)) return [];
  const names = fs.readdirSync(runsArchiveDir, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => /^[^/]+\/[^/]+\.json$/.test(name)).toSorted();
}

/** The runs of a document, which is checked: its shape, its layout and its order. */
export function readRuns(file: string): StoredSummary[] {
  const text = fs.readFileSync(file, 'utf8');
  const document = DOCUMENT.parse(JSON.parse(text));
  if (text !== JSON.stringify(document, null, 2)) throw new Error(`${file} is not a 2-space document`);
  const times = document.runs.map(({ timestamp }) => timestamp);
  if (times.join() !== times.toSorted().join()) throw new Error(`${file} is not ordered by time`);
  if (document.lastRunAt !== (times.at(-1) ?? null)) throw new Error(`${file}: lastRunAt`);
  return document.runs;
}

/** All runs as a reader finds them: `runs.json` first, then the archive. */
export function allRuns(env: TaskEnvironment): StoredSummary[] {
  const { runsArchiveDir, runsIndexPath } = taskPaths(env);
  const index = fs.existsSync(runsIndexPath) ? readRuns(runsIndexPath) : [];
  return [...index, ...segmentNames(env).flatMap((name) => readRuns(path.join(runsArchiveDir, name)))];
}
