/**
 * A process that records finished runs as the end of a run does, for tests with several of them. It says `ready`,
 * begins when its stdin ends, so that all processes of a test can be let go at the same moment, and prints
 * `<outcome> <run id>` for every run that it has recorded. Run it with `buildRecorder`.
 */
import fs from 'node:fs';
import path from 'node:path';
import { drainMetricsQueue } from '../../src/cli/metrics/drainMetricsQueue.ts';
import { appendMetricsEntry } from '../../src/cli/metrics/metricsRecorder.ts';
import { claimExistingRun } from '../../src/run/claimRun.ts';
import type { TaskEnvironment } from '../../src/run/paths.ts';
import { jsonDocument, replaceFileSync } from '../../src/storage/replaceFile.ts';
import { finishedRun } from './finishedRun.ts';

const [repoRoot = '', taskId = '', prefix = '', count = '1'] = process.argv.slice(2);
const env: TaskEnvironment = {
  repoRoot,
  runsRoot: path.join(repoRoot, '.runs'),
  outRoot: path.join(repoRoot, 'out'),
  taskId,
};

async function main(): Promise<void> {
  fs.writeSync(1, 'ready\n');
  for await (const chunk of process.stdin) void chunk;
  for (let run = 0; run < Number(count); run += 1) {
    const { paths, manifest } = finishedRun(env, `${prefix}-${run}`);
    if (!fs.existsSync(paths.manifestPath))
      replaceFileSync(paths.manifestPath, jsonDocument(manifest), { durable: false });
    const { owner } = await claimExistingRun(paths);
    const { outcome } = await appendMetricsEntry(env, paths, manifest);
    await owner.release();
    await drainMetricsQueue(env);
    fs.writeSync(1, `${outcome} ${paths.runId}\n`);
  }
}

void main();
