/**
 * A process that records finished runs as a run in it would, for tests with several of them:
 * `node --import tsx recordRuns.ts <repoRoot> <taskId> <first run id> <number of runs>`. It starts when its stdin
 * ends, so that all processes of a test can be let go at the same moment.
 */
import path from 'node:path';
import { drainMetricsQueue } from '../../src/cli/metrics/drainMetricsQueue.ts';
import { appendMetricsEntry } from '../../src/cli/metrics/metricsRecorder.ts';
import type { TaskEnvironment } from '../../src/run/paths.ts';
import { finishedRun } from './metricsHistory.ts';

const [repoRoot = '', taskId = '', prefix = '', count = '1'] = process.argv.slice(2);
const env: TaskEnvironment = {
  repoRoot,
  runsRoot: path.join(repoRoot, '.runs'),
  outRoot: path.join(repoRoot, 'out'),
  taskId,
};

process.stdout.write('ready\n');
for await (const chunk of process.stdin) void chunk;
for (let run = 0; run < Number(count); run += 1) {
  const { paths, manifest } = finishedRun(env, `${prefix}-${run}`);
  const { outcome } = await appendMetricsEntry(env, paths, manifest);
  await drainMetricsQueue(env);
  process.stdout.write(`${outcome}\n`);
}
