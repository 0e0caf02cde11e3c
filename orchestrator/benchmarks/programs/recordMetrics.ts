import fs from 'node:fs';
import path from 'node:path';
import { updateMetricsAggregates, withMetricsLock } from '../../src/cli/metrics/metricsAggregator.ts';
import { appendMetricsEntry } from '../../src/cli/metrics/metricsRecorder.ts';
import type { Manifest } from '../../src/run/manifestTypes.ts';
import { type RunPaths, type TaskEnvironment, taskPaths } from '../../src/run/paths.ts';
import { plainStreaming } from '../references/plainStreaming.ts';
import { recordWith } from '../references/recordWith.ts';
import { wholeFile } from '../references/wholeFile.ts';
import { finishedRun } from '../support/finishedRun.ts';
import { sandboxTask } from '../support/sandboxTask.ts';
import { peakRssBytes } from './peakRssBytes.ts';

/**
 * `node recordMetrics.cjs <implementation> <repository> <first> <runs>` records runs number `first` and following, and
 * with each brings the aggregates up to date; with 0 runs it does only the latter, once. Prints the time that took
 * without start-up and loading, the peak of memory, and how many runs the aggregates count then, as JSON.
 */
interface Implementation {
  record(env: TaskEnvironment, paths: RunPaths, manifest: Manifest): Promise<unknown>;
  aggregate(env: TaskEnvironment): Promise<unknown>;
}

const IMPLEMENTATIONS: Record<string, Implementation> = {
  ours: { record: appendMetricsEntry, aggregate: updateMetricsAggregates },
  wholeFile: { record: (...run) => recordWith(wholeFile, ...run), aggregate: wholeFile },
  plainStreaming: { record: (...run) => recordWith(plainStreaming, ...run), aggregate: plainStreaming },
};

async function main([name = '', repoRoot = '', first = '', count = '']: string[]): Promise<void> {
  const implementation = IMPLEMENTATIONS[name];
  if (implementation === undefined) throw new Error(`There is no implementation "${name}".`);
  const env = sandboxTask(repoRoot);
  const runs = Array.from({ length: Number(count) }, (_, at) => finishedRun(env, Number(first) + at));
  for (const { paths } of runs) fs.mkdirSync(paths.runDir, { recursive: true });
  const before = performance.now();
  for (const { paths, manifest } of runs) await implementation.record(env, paths, manifest);
  if (runs.length === 0) {
    await withMetricsLock(env, async () => {
      await implementation.aggregate(env);
    });
  }
  const ms = performance.now() - before;
  console.log(JSON.stringify({ ms, peakRssBytes: peakRssBytes(), counted: countedRuns(env) }));
}

function countedRuns(env: TaskEnvironment): unknown {
  const file = path.join(taskPaths(env).aggregatesDir, 'post-rollout.json');
  const document: unknown = JSON.parse(fs.readFileSync(file, 'utf8'));
  return typeof document === 'object' && document !== null && 'total_runs' in document
    ? document.total_runs
    : null;
}

void main(process.argv.slice(2));
