/**
 * A process that brings the aggregates of a task up to date and prints how that came about and by how many MiB its
 * memory grew at most meanwhile: `node <this, bundled> <repoRoot> <taskId>`.
 */
import path from 'node:path';
import { peakRssBytes } from '../../benchmarks/programs/peakRssBytes.ts';
import { updateMetricsAggregates } from '../../src/cli/metrics/metricsAggregator.ts';

const [repoRoot = '', taskId = ''] = process.argv.slice(2);

async function main(): Promise<void> {
  const runsRoot = path.join(repoRoot, '.runs');
  const before = process.memoryUsage().rss;
  const update = await updateMetricsAggregates({
    repoRoot,
    runsRoot,
    outRoot: path.join(repoRoot, 'out'),
    taskId,
  });
  const grownMiB = (peakRssBytes() - before) / 2 ** 20;
  console.log(JSON.stringify({ ...update, grownMiB }));
}

void main();
