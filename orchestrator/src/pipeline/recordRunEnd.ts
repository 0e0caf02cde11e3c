import { computeGuardrailStatus, withGuardrailLine } from '../run/guardrails.ts';
import { artifactPath } from '../run/paths.ts';
import { record, type ExecutionResult, type RunContext } from './runContext.ts';

/**
 * Tells the journal how a run ended, and with it the manifest in memory: status, guardrails, summary, where the run
 * summary will be. Throws errno errors.
 *
 * @param text what happened, for the summary; the guardrail line is added
 * @returns settles when the journal is durable. The caller awaits it last; a refusal that comes sooner does not count
 *   as unhandled, which would end the process.
 */
export function recordRunEnd(
  context: RunContext,
  result: ExecutionResult,
  text: string | null,
  now: Date,
): Promise<void> {
  const { env, paths, store, journal, profiler } = context;
  const { manifest } = store;
  manifest.guardrail_status = computeGuardrailStatus(manifest, now);
  manifest.summary = withGuardrailLine(text, manifest.guardrail_status);
  record(context, {
    type: 'run:end',
    status: result.status,
    status_detail: result.statusDetail,
    summary: manifest.summary,
    index: 0,
  });
  const synced = profiler.measure('journal_sync', () => journal.sync());
  synced.catch(() => {});
  manifest.run_summary_path = artifactPath(env, paths.runSummaryPath);
  return synced;
}
