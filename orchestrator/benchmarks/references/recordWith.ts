import { withMetricsLock } from '../../src/cli/metrics/metricsAggregator.ts';
import { buildMetricsEntry } from '../../src/cli/metrics/metricsEntry.ts';
import { appendMetricsLines } from '../../src/cli/metrics/metricsFile.ts';
import { mergePendingMetricsEntries } from '../../src/cli/metrics/pendingEntries.ts';
import { computeGuardrailStatus, withGuardrailLine } from '../../src/run/guardrails.ts';
import type { Manifest } from '../../src/run/manifestTypes.ts';
import { type RunPaths, type TaskEnvironment, taskPaths } from '../../src/run/paths.ts';
import { jsonDocument, replaceFile } from '../../src/storage/replaceFile.ts';

/**
 * Records a finished run as `appendMetricsEntry` does when nobody else has the metrics lock, but leaves the aggregates
 * to `aggregate`: what comes before them costs the same whatever the history, and is the same for every contender.
 *
 * @throws Error when the metrics lock is held; errno errors.
 */
export async function recordWith(
  aggregate: (env: TaskEnvironment) => Promise<void>,
  env: TaskEnvironment,
  paths: RunPaths,
  manifest: Manifest,
): Promise<void> {
  const now = new Date();
  const guardrails = (manifest.guardrail_status ??= computeGuardrailStatus(manifest, now));
  manifest.summary = withGuardrailLine(manifest.summary, guardrails);
  const entry = buildMetricsEntry(manifest, now.toISOString(), Infinity);
  const obtained = await withMetricsLock(env, async () => {
    await mergePendingMetricsEntries(env);
    await appendMetricsLines(taskPaths(env).metricsPath, [Buffer.from(JSON.stringify(entry))]);
    manifest.metrics_recorded = true;
    manifest.updated_at = new Date().toISOString();
    await replaceFile(paths.manifestPath, jsonDocument(manifest));
    await mergePendingMetricsEntries(env);
    await aggregate(env);
  });
  if (!obtained) throw new Error('Another process holds the metrics lock.');
}
