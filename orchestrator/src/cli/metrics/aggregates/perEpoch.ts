import { countOf, finite, type StoredEntry } from '../storedEntry.ts';
import { addExactly, roundedSum, type ExactSum } from './exactSum.ts';
import type { Sign } from './sign.ts';

interface ToolTotals {
  runs: number;
  tokens: ExactSum;
  cost_usd: ExactSum;
  latency_ms: ExactSum;
  /** Where the tool occurs first: place of the entry, then place in its list. */
  first: [entry: number, tool: number];
  /** It occurred there, but that entry was taken out; where it occurs first of the others is not known. */
  isFirstLost: boolean;
}

interface EpochTotals {
  runs: number;
  tool_calls: ExactSum;
  token_total: ExactSum;
  cost_usd: ExactSum;
  latency_ms: ExactSum;
  group_size_sum: ExactSum;
  group_size_count: number;
  tools: Map<string, ToolTotals>;
}

/** Totals by epoch number. */
export type EpochState = Map<number, EpochTotals>;

/** Totals of an empty history. */
export function emptyEpochs(): EpochState {
  return new Map();
}

/**
 * Takes one entry into `state`, in place, or out of it again; an entry without a numeric epoch changes nothing.
 *
 * @param place of the entry in the history, for the order of the tools
 */
export function foldEpoch(state: EpochState, entry: StoredEntry, sign: Sign, place: number): void {
  const number = finite(entry.tfgrpo_epoch);
  if (number === null) return;
  const epoch = totalsOf(state, number, emptyEpoch);
  epoch.runs += sign;
  addExactly(epoch.tool_calls, sign * countOf(entry.tool_calls));
  addExactly(epoch.token_total, sign * countOf(entry.token_total));
  addExactly(epoch.cost_usd, sign * countOf(entry.cost_usd));
  addExactly(epoch.latency_ms, sign * countOf(entry.latency_ms));
  const groupSize = finite(entry.tfgrpo_group_size);
  if (groupSize !== null) {
    addExactly(epoch.group_size_sum, sign * groupSize);
    epoch.group_size_count += sign;
  }
  const tools: unknown[] = Array.isArray(entry.tool_stats) ? entry.tool_stats : [];
  for (const [index, tool] of tools.entries()) foldTool(epoch.tools, tool, sign, [place, index]);
  if (epoch.runs === 0) state.delete(number);
}

/** Whether the order of all tools is known. It is not when the entry was taken out in which one of them occurred first. */
export function isOrderKnown(state: EpochState): boolean {
  for (const { tools } of state.values()) {
    for (const { isFirstLost } of tools.values()) if (isFirstLost) return false;
  }
  return true;
}

/** `metrics/per-epoch.json` (artifact contract, section 5); null when no run belongs to an epoch. Pure. */
export function perEpochDocument(state: EpochState, updatedAt: string) {
  if (state.size === 0) return null;
  return {
    epochs: [...state]
      .toSorted(([a], [b]) => a - b)
      .map(([number, epoch]) => ({
        epoch: number,
        runs: epoch.runs,
        tool_calls: roundedSum(epoch.tool_calls),
        token_total: roundedSum(epoch.token_total),
        cost_usd: roundCost(epoch.cost_usd),
        latency_ms: roundedSum(epoch.latency_ms),
        group_size_avg:
          epoch.group_size_count === 0 ? null : roundedSum(epoch.group_size_sum) / epoch.group_size_count,
        tools: [...epoch.tools].toSorted(byFirstPlace).map(([tool, totals]) => ({
          tool,
          runs: totals.runs,
          tokens: roundedSum(totals.tokens),
          cost_usd: roundCost(totals.cost_usd),
          latency_ms: roundedSum(totals.latency_ms),
        })),
      })),
    updated_at: updatedAt,
  };
}

function emptyEpoch(): EpochTotals {
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

function emptyTool(): ToolTotals {
  return {
    runs: 0,
    tokens: [],
    cost_usd: [],
    latency_ms: [],
    first: [Number.MAX_SAFE_INTEGER, 0],
    isFirstLost: false,
  };
}

function foldTool(
  tools: EpochTotals['tools'],
  value: unknown,
  sign: Sign,
  place: [entry: number, tool: number],
): void {
  if (typeof value !== 'object' || value === null || !('tool' in value)) return;
  const { tool, tokens, cost_usd, latency_ms }: Record<string, unknown> & { tool: unknown } = value;
  if (typeof tool !== 'string' || tool.trim() === '') return;
  const totals = totalsOf(tools, tool, emptyTool);
  totals.runs += sign;
  addExactly(totals.tokens, sign * countOf(tokens));
  addExactly(totals.cost_usd, sign * countOf(cost_usd));
  addExactly(totals.latency_ms, sign * countOf(latency_ms));
  if (totals.runs === 0) tools.delete(tool);
  else notePlace(totals, sign, place);
}

/**
 * An entry that takes the place of another stands where that stood, so what was first there stays first if it is in both.
 * All other occurrences come later than one that was lost: only an entry at its place, or before it, makes the first one
 * known again.
 */
function notePlace(totals: ToolTotals, sign: Sign, place: [entry: number, tool: number]): void {
  const { first, isFirstLost } = totals;
  if (sign === -1) totals.isFirstLost ||= first[0] === place[0];
  else if (isFirstLost ? place[0] <= first[0] : comparePlaces(place, first) < 0) {
    totals.first = place;
    totals.isFirstLost = false;
  }
}

function totalsOf<K, T>(all: Map<K, T>, key: K, create: () => T): T {
  const known = all.get(key);
  if (known !== undefined) return known;
  const totals = create();
  all.set(key, totals);
  return totals;
}

function byFirstPlace([, a]: [string, ToolTotals], [, b]: [string, ToolTotals]): number {
  return comparePlaces(a.first, b.first);
}

function comparePlaces(a: [number, number], b: [number, number]): number {
  return a[0] - b[0] || a[1] - b[1];
}

function roundCost(usd: ExactSum): number {
  return Math.round(roundedSum(usd) * 1e6) / 1e6;
}
