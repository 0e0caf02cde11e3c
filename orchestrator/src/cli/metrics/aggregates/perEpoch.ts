import { countOf, finite, type StoredEntry } from '../storedEntry.ts';

interface ToolTotals {
  runs: number;
  tokens: number;
  cost_usd: number;
  latency_ms: number;
}

interface EpochTotals {
  runs: number;
  tool_calls: number;
  token_total: number;
  cost_usd: number;
  latency_ms: number;
  group_size_sum: number;
  group_size_count: number;
  /** In the order in which the tools were first seen. */
  tools: Map<string, ToolTotals>;
}

/** Totals by epoch number. */
export type EpochState = Map<number, EpochTotals>;

/** Totals of an empty history. */
export function emptyEpochs(): EpochState {
  return new Map();
}

/** Takes one entry into `state`, in place; an entry without a numeric epoch changes nothing. */
export function foldEpoch(state: EpochState, entry: StoredEntry): void {
  const number = finite(entry.tfgrpo_epoch);
  if (number === null) return;
  const epoch = state.get(number) ?? emptyEpoch();
  state.set(number, epoch);
  epoch.runs += 1;
  epoch.tool_calls += countOf(entry.tool_calls);
  epoch.token_total += countOf(entry.token_total);
  epoch.cost_usd += countOf(entry.cost_usd);
  epoch.latency_ms += countOf(entry.latency_ms);
  const groupSize = finite(entry.tfgrpo_group_size);
  if (groupSize !== null) {
    epoch.group_size_sum += groupSize;
    epoch.group_size_count += 1;
  }
  const tools: unknown[] = Array.isArray(entry.tool_stats) ? entry.tool_stats : [];
  for (const tool of tools) foldTool(epoch.tools, tool);
}

/** `metrics/per-epoch.json` (artifact contract, section 5); null when no run belongs to an epoch. Pure. */
export function perEpochDocument(state: EpochState, updatedAt: string) {
  if (state.size === 0) return null;
  const ascending = [...state].toSorted(([a], [b]) => a - b);
  return {
    epochs: ascending.map(([number, epoch]) => ({
      epoch: number,
      runs: epoch.runs,
      tool_calls: epoch.tool_calls,
      token_total: epoch.token_total,
      cost_usd: roundCost(epoch.cost_usd),
      latency_ms: epoch.latency_ms,
      group_size_avg: epoch.group_size_count === 0 ? null : epoch.group_size_sum / epoch.group_size_count,
      tools: [...epoch.tools].map(([tool, totals]) => ({
        tool,
        runs: totals.runs,
        tokens: totals.tokens,
        cost_usd: roundCost(totals.cost_usd),
        latency_ms: totals.latency_ms,
      })),
    })),
    updated_at: updatedAt,
  };
}

function emptyEpoch(): EpochTotals {
  return {
    runs: 0,
    tool_calls: 0,
    token_total: 0,
    cost_usd: 0,
    latency_ms: 0,
    group_size_sum: 0,
    group_size_count: 0,
    tools: new Map(),
  };
}

function foldTool(tools: Map<string, ToolTotals>, value: unknown): void {
  if (typeof value !== 'object' || value === null || !('tool' in value)) return;
  const { tool, tokens, cost_usd, latency_ms }: Record<string, unknown> & { tool: unknown } = value;
  if (typeof tool !== 'string' || tool.trim() === '') return;
  const totals = tools.get(tool) ?? { runs: 0, tokens: 0, cost_usd: 0, latency_ms: 0 };
  tools.set(tool, totals);
  totals.runs += 1;
  totals.tokens += countOf(tokens);
  totals.cost_usd += countOf(cost_usd);
  totals.latency_ms += countOf(latency_ms);
}

function roundCost(usd: number): number {
  return Math.round(usd * 1e6) / 1e6;
}
