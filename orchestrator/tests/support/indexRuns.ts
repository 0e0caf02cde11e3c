/**
 * A process that puts runs into the index as the end of a run does, for tests with several of them:
 * `<repository> <prefix> <count>`. It begins when its stdin ends.
 */
import path from 'node:path';
import { recordRun, sizedSummary } from './indexedRuns.ts';

const [repoRoot = '', prefix = '', count = ''] = process.argv.slice(2);
const env = {
  repoRoot,
  runsRoot: path.join(repoRoot, '.runs'),
  outRoot: path.join(repoRoot, 'out'),
  taskId: '0101',
};

async function main(): Promise<void> {
  for await (const chunk of process.stdin) void chunk;
  const runs = Array.from({ length: Number(count) }, (_, index) =>
    sizedSummary(`${prefix}-${index}`, index, 8),
  );
  // One try and no wait: most of them leave it to others.
  for (const run of runs) await recordRun(env, run, { attempts: 1 });
}

void main();
