import { baselineDocument } from '../../src/cli/metrics/aggregates/baseline.ts';
import { foldCompleteness } from '../../src/cli/metrics/aggregates/completeness.ts';
import type { ExactSum } from '../../src/cli/metrics/aggregates/exactSum.ts';
import type { HistoryState } from '../../src/cli/metrics/aggregates/historyState.ts';
import type { EpochState } from '../../src/cli/metrics/aggregates/perEpoch.ts';
import { foldRollout } from '../../src/cli/metrics/aggregates/postRollout.ts';
import { countOf, finite, type StoredEntry } from '../../src/cli/metrics/storedEntry.ts';

/**
 * Takes the entry of a run into `state`, in place, as the baseline did it (commit 90d81d0,
 * `orchestrator/src/cli/metrics/aggregates/`): sums are plain additions, which are cheaper than exact ones and may differ
 * from them in the last digits. For the references only.
 *
 * @param place number of the entry: orders the tools
 */
export function foldPlainly(state: HistoryState, entry: StoredEntry, place: number): void {
  state.baseline ??= baselineDocument(entry);
  foldRollout(state.rollout, entry, 1);
  foldCompleteness(state.completeness, entry, 1);
  foldEpoch(state.epochs, entry, place);
  foldDuration(state, entry);
  foldSafety(state, entry);
}

type Epoch = NonNullable<ReturnType<EpochState['get']>>;

/** One number, where an exact sum may have several. */
function add(sum: ExactSum, term: number): void {
  sum[0] = (sum[0] ?? 0) + term;
}

function foldDuration({ durations }: HistoryState, entry: StoredEntry): void {
  const seconds = finite(entry.duration_seconds);
  if (seconds === null) return;
  durations.count += 1;
  add(durations.sum, seconds);
}

function foldEpoch(epochs: EpochState, entry: StoredEntry, place: number): void {
  const number = finite(entry.tfgrpo_epoch);
  if (number === null) return;
  const epoch = epochs.get(number) ?? emptyEpoch();
  epochs.set(number, epoch);
  epoch.runs += 1;
  add(epoch.tool_calls, countOf(entry.tool_calls));
  add(epoch.token_total, countOf(entry.token_total));
  add(epoch.cost_usd, countOf(entry.cost_usd));
  add(epoch.latency_ms, countOf(entry.latency_ms));
  const groupSize = finite(entry.tfgrpo_group_size);
  if (groupSize !== null) {
    add(epoch.group_size_sum, groupSize);
    epoch.group_size_count += 1;
  }
  const tools: unknown[] = Array.isArray(entry.tool_stats) ? entry.tool_stats : [];
  for (const [index, tool] of tools.entries()) foldTool(epoch.tools, tool, [place, index]);
}

function foldTool(tools: Epoch['tools'], value: unknown, first: [entry: number, tool: number]): void {
  if (typeof value !== 'object' || value === null || !('tool' in value)) return;
  const { tool, tokens, cost_usd, latency_ms }: Record<string, unknown> & { tool: unknown } = value;
  if (typeof tool !== 'string' || tool.trim() === '') return;
  const totals = tools.get(tool) ?? {
    runs: 0,
    tokens: [],
    cost_usd: [],
    latency_ms: [],
    first,
    isFirstLost: false,
  };
  tools.set(tool, totals);
  totals.runs += 1;
  add(totals.tokens, countOf(tokens));
  add(totals.cost_usd, countOf(cost_usd));
  add(totals.latency_ms, countOf(latency_ms));
}

function foldSafety({ safety }: HistoryState, entry: StoredEntry): void {
  safety.total += 1;
  const validation = entry.learning_validation_status;
  if (validation === 'validated') safety.passed += 1;
  if (validation === 'snapshot_failed') safety.failed += 1;
  if (validation === 'stalled_snapshot') safety.stalled += 1;
  if (validation === 'needs_manual_scenario') safety.manual += 1;
  add(safety.rejections, countOf(entry.learning_review_rejections));
  const latency = finite(entry.learning_review_latency_ms);
  if (latency !== null) {
    add(safety.reviewLatencySum, latency);
    safety.reviewLatencyCount += 1;
  }
  add(safety.regressions, countOf(entry.learning_regressions_detected));
  add(safety.promoted, countOf(entry.learning_pattern_promoted));
  add(safety.deprecated, countOf(entry.learning_pattern_deprecated));
  add(safety.candidates, countOf(entry.learning_throughput_candidates));
  add(safety.alerts, countOf(entry.learning_alerts));
  if (entry.learning_snapshot_status === 'snapshot_failed') safety.snapshotFailed += 1;
  if (entry.learning_snapshot_status === 'stalled_snapshot') safety.stalledSnapshot += 1;
}

function emptyEpoch(): Epoch {
  return {
    runs: 0,
    tool_calls: [],
    token_total: [],
    cost_usd: [],
    latency_ms: [],
    group_size_sum: [],
    group_size_count: 0,
    tools: new Map(),
  };
}
