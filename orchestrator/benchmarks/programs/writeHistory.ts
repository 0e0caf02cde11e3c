import fs from 'node:fs';
import path from 'node:path';
import { buildMetricsEntry } from '../../src/cli/metrics/metricsEntry.ts';
import { taskPaths } from '../../src/run/paths.ts';
import { finishedRun } from '../support/finishedRun.ts';
import { sandboxTask } from '../support/sandboxTask.ts';

/**
 * `node writeHistory.cjs <repository> <entries>` makes a metrics history of so many runs. It is on disk when this ends:
 * bytes that the system still has to write would slow down every fsync of what is measured next.
 *
 * An entry has 0.9 KB, for which the numbers to reach were set: fields that say nothing are left out.
 */
const ENTRIES_AT_ONCE = 1000;

const [repoRoot = '', count = ''] = process.argv.slice(2);
const env = sandboxTask(repoRoot);
const { metricsPath } = taskPaths(env);
fs.mkdirSync(path.dirname(metricsPath), { recursive: true });
const descriptor = fs.openSync(metricsPath, 'wx');
for (let index = 0; index < Number(count); index += ENTRIES_AT_ONCE) {
  const length = Math.min(ENTRIES_AT_ONCE, Number(count) - index);
  const lines = Array.from({ length }, (_, at) => lineOf(index + at));
  fs.writeFileSync(descriptor, lines.join(''));
}
fs.fsyncSync(descriptor);
fs.closeSync(descriptor);

function lineOf(index: number): string {
  const { manifest } = finishedRun(env, index);
  const entry = buildMetricsEntry(manifest, manifest.completed_at ?? '', Infinity);
  return `${JSON.stringify(entry, (_field, value: unknown) => (saysNothing(value) ? undefined : value))}\n`;
}

function saysNothing(value: unknown): boolean {
  return value === null || value === 0 || (Array.isArray(value) && value.length === 0);
}
