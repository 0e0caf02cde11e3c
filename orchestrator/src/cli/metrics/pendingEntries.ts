import path from 'node:path';
import { type TaskEnvironment, taskPaths } from '../../run/paths.ts';
import { namesRunHere, retirePendingFile } from './mergedEntries.ts';
import { appendMetricsLines } from './metricsFile.ts';
import { type MetricsSettings, metricsSettings } from './metricsSettings.ts';
import { listQueue } from './pendingFiles.ts';
import { isBlank, readRawLines } from './rawLines.ts';
import { recoverTempEntries } from './recoverTempEntries.ts';

/** The second pass picks up temporary files that the first one turned into entries. */
const MAX_PASSES = 2;

/**
 * Moves the entries of the pending queue to the end of `metrics.json`: files by name, lines verbatim and
 * unvalidated, in batches (metrics contract, section 3). Call it only under the metrics lock.
 *
 * A source file leaves the queue after its lines have reached the disk. A crash in between leaves them in both places;
 * aggregation counts them once.
 *
 * @returns number of lines copied.
 * @throws errno errors; every line is still in the queue, in `metrics.json` or in both.
 */
export async function mergePendingMetricsEntries(env: TaskEnvironment): Promise<number> {
  const { metricsPendingDir } = taskPaths(env);
  const settings = metricsSettings();
  let copied = 0;
  for (let pass = 1; pass <= MAX_PASSES; pass += 1) {
    const { entries, temporary } = listQueue(metricsPendingDir);
    const files = entries.map((name) => path.join(metricsPendingDir, name));
    copied += await copyEntries(env, files, settings);
    const recovered = await recoverTempEntries(metricsPendingDir, temporary);
    if (entries.length === 0 && recovered === 0) break;
  }
  return copied;
}

async function copyEntries(
  env: TaskEnvironment,
  files: string[],
  settings: MetricsSettings,
): Promise<number> {
  const { metricsPath } = taskPaths(env);
  let copied = 0;
  let lines: Buffer[] = [];
  let bytes = 0;
  let finished: { file: string; namesRun: boolean }[] = [];
  const flush = async () => {
    if (lines.length > 0) await appendMetricsLines(metricsPath, lines, env.activity);
    for (const { file, namesRun } of finished) await retirePendingFile(file, namesRun);
    copied += lines.length;
    lines = [];
    bytes = 0;
    finished = [];
  };
  for (const file of files) {
    let namesRun = false;
    for await (const line of readRawLines(file, env.activity)) {
      if (isBlank(line)) continue;
      const size = line.length + 1;
      const full = lines.length + 1 > settings.batchMaxLines || bytes + size > settings.batchMaxBytes;
      if (full && lines.length > 0) await flush();
      lines.push(line);
      bytes += size;
      namesRun ||= namesRunHere(env, line);
    }
    finished.push({ file, namesRun });
  }
  await flush();
  return copied;
}
