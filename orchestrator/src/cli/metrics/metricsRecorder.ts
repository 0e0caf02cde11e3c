import { computeGuardrailStatus, guardrailAdvice, withGuardrailLine } from '../../run/guardrails.ts';
import { isTerminal } from '../../run/liveness.ts';
import type { Manifest } from '../../run/manifestTypes.ts';
import { artifactPath, type RunPaths, type TaskEnvironment, taskPaths } from '../../run/paths.ts';
import { jsonDocument, replaceFile } from '../../storage/replaceFile.ts';
import { dropDoubtedCheckpoint } from './dropDoubtedCheckpoint.ts';
import { mergePendingMetricsEntries, updateMetricsAggregates, withMetricsLock } from './metricsAggregator.ts';
import { buildMetricsEntry, type MetricsEntry } from './metricsEntry.ts';
import { appendMetricsLines } from './metricsFile.ts';
import { metricsSettings } from './metricsSettings.ts';
import { queuePendingEntry } from './queuePendingEntry.ts';
import { recountWarning } from './recountWarning.ts';

/** Brings the manifest of a run to disk as it is in memory. */
export interface ManifestPersister {
  persist(manifest: Manifest): Promise<void>;
}

export interface RecordResult {
  /** `queued`: the metrics lock was busy. `skipped`: the run has not ended or was recorded before. */
  outcome: 'appended' | 'queued' | 'skipped';
  /** Absolute path of the queued entry. */
  pendingFile: string | null;
  /** Sentences for the user. */
  warnings: string[];
}

/**
 * Records a finished run: one line in `metrics.json`, then the aggregates; or, when the metrics lock is busy, a
 * file in the pending queue (metrics contract, section 2), for `drainMetricsQueue`. Also completes `manifest` for its last state, in place:
 * guardrail status, guardrail line of the summary, `metrics_recorded`; and persists it, in every case but `skipped`.
 *
 * @param persister default: replaces `paths.manifestPath`.
 * @throws errno errors. The manifest was persisted with its terminal status before, unless persisting is what
 *   failed. Its `metrics_recorded` tells whether the line is in: when false, the run may be recorded again; when
 *   true, only aggregates are behind, which the next recording of the task repairs.
 */
export async function appendMetricsEntry(
  env: TaskEnvironment,
  paths: RunPaths,
  manifest: Manifest,
  persister: ManifestPersister = manifestFile(paths),
): Promise<RecordResult> {
  if (manifest.metrics_recorded || !isTerminal(manifest)) {
    return { outcome: 'skipped', pendingFile: null, warnings: [] };
  }
  const now = new Date();
  const guardrails = (manifest.guardrail_status ??= computeGuardrailStatus(manifest, now));
  manifest.summary = withGuardrailLine(manifest.summary, guardrails);
  // Whoever ended a run early is not waiting for advice on its pipeline.
  const advice = manifest.status === 'cancelled' ? null : guardrailAdvice(guardrails);
  const warnings = advice === null ? [] : [advice];
  const entry = buildMetricsEntry(manifest, now.toISOString(), metricsSettings().privacyEventsMax);
  return keepingTerminalStatus(manifest, persister, async (persist) => {
    const obtained = await withMetricsLock(env, async () => {
      warnings.push(...(await recordUnderLock(env, manifest, entry, persist)));
    });
    if (obtained) return { outcome: 'appended', pendingFile: null, warnings };
    const pendingFile = await queuePendingEntry(env, entry);
    await persist();
    const place = artifactPath(env, pendingFile);
    const late = `The metrics of this run were queued in ${place}: another run holds the metrics lock and merges them.`;
    return { outcome: 'queued', pendingFile, warnings: [...warnings, late] };
  });
}

async function recordUnderLock(
  env: TaskEnvironment,
  manifest: Manifest,
  entry: MetricsEntry,
  persist: () => Promise<void>,
): Promise<string[]> {
  const doubt = dropDoubtedCheckpoint(env);
  await mergePendingMetricsEntries(env);
  const line = Buffer.from(JSON.stringify(entry));
  await appendMetricsLines(taskPaths(env).metricsPath, [line], env.activity);
  manifest.metrics_recorded = true;
  await persist();
  await mergePendingMetricsEntries(env);
  return recountWarning(await updateMetricsAggregates(env, doubt));
}

/**
 * Runs `work` with a function that persists the manifest. When `work` fails before it has called that, the
 * manifest is persisted here: its terminal status must reach the disk even if metrics cannot be written.
 */
async function keepingTerminalStatus<T>(
  manifest: Manifest,
  persister: ManifestPersister,
  work: (persist: () => Promise<void>) => Promise<T>,
): Promise<T> {
  let persisted = false;
  const persist = async () => {
    await persister.persist(manifest);
    persisted = true;
  };
  try {
    return await work(persist);
  } catch (error) {
    if (!persisted) await persistAfter(error, persist);
    throw error;
  }
}

/** A manifest that cannot be written is worse than what failed before, which becomes its cause. */
async function persistAfter(earlier: unknown, persist: () => Promise<void>): Promise<void> {
  try {
    await persist();
  } catch (error) {
    if (error instanceof Error && error !== earlier) error.cause ??= earlier;
    throw error;
  }
}

function manifestFile(paths: RunPaths): ManifestPersister {
  return {
    async persist(manifest) {
      manifest.updated_at = new Date().toISOString();
      await replaceFile(paths.manifestPath, jsonDocument(manifest));
    },
  };
}
