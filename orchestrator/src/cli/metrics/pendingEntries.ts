import fs from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { type TaskEnvironment, taskPaths } from '../../run/paths.ts';
import { errorCode } from '../../storage/errorCode.ts';
import { appendMetricsLines } from './metricsFile.ts';
import { type MetricsSettings, metricsSettings } from './metricsSettings.ts';
import { isBlank, readRawLines } from './rawLines.ts';
import { recoverTempEntries } from './recoverTempEntries.ts';

/** The second pass picks up temporary files that the first one turned into entries. */
const MAX_PASSES = 2;

/**
 * Moves the entries of the pending queue to the end of `metrics.json`: files by name, lines verbatim and
 * unvalidated, in batches (metrics contract, section 3). Call it only under the metrics lock.
 *
 * A source file is deleted after its lines have reached the disk. A crash in between leaves them in both places;
 * aggregation counts them once.
 *
 * @returns number of lines copied.
 * @throws errno errors; every line is still in the queue, in `metrics.json` or in both.
 */
export async function mergePendingMetricsEntries(env: TaskEnvironment): Promise<number> {
  const { metricsPath, metricsPendingDir } = taskPaths(env);
  const settings = metricsSettings();
  let copied = 0;
  for (let pass = 1; pass <= MAX_PASSES; pass += 1) {
    const names = fileNames(metricsPendingDir);
    const entries = names.filter((name) => name.endsWith('.jsonl')).toSorted();
    const files = entries.map((name) => path.join(metricsPendingDir, name));
    copied += await copyEntries(files, metricsPath, settings);
    const temporary = names.filter((name) => name.endsWith('.tmp'));
    const recovered = await recoverTempEntries(metricsPendingDir, temporary);
    if (entries.length === 0 && recovered === 0) break;
  }
  return copied;
}

/** Synchronous: nearly always the queue is empty or missing, and the thread pool would take longer. */
function fileNames(directory: string): string[] {
  try {
    const found = fs.readdirSync(directory, { withFileTypes: true });
    return found.filter((entry) => entry.isFile()).map((entry) => entry.name);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

async function copyEntries(files: string[], target: string, settings: MetricsSettings): Promise<number> {
  let copied = 0;
  let lines: Buffer[] = [];
  let bytes = 0;
  let finished: string[] = [];
  const flush = async () => {
    if (lines.length > 0) await appendMetricsLines(target, lines);
    for (const file of finished) await rm(file, { force: true });
    copied += lines.length;
    lines = [];
    bytes = 0;
    finished = [];
  };
  for (const file of files) {
    for await (const line of readRawLines(file)) {
      if (isBlank(line)) continue;
      const size = line.length + 1;
      const full = lines.length + 1 > settings.batchMaxLines || bytes + size > settings.batchMaxBytes;
      if (full && lines.length > 0) await flush();
      lines.push(line);
      bytes += size;
    }
    finished.push(file);
  }
  await flush();
  return copied;
}
