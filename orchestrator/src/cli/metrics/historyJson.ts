import type { HistoryState } from './aggregates/historyState.ts';

/** A history state as JSON text; {@link parseHistory} reads it. */
export function historyJson(state: HistoryState): string {
  return JSON.stringify(state, (_key, value: unknown) =>
    value instanceof Map ? { [MAP]: [...value] } : value,
  );
}

/**
 * Reads what {@link historyJson} wrote. It is not looked at any further: the checkpoint in which it stands has a checksum
 * and a version. Throws for text that is no JSON.
 */
export function parseHistory(text: string): HistoryState {
  const state: unknown = JSON.parse(text, (_key, value: unknown) => {
    const entries: unknown = isMapShaped(value) ? value[MAP] : undefined;
    return isEntries(entries) ? new Map(entries) : value;
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return state as HistoryState;
}

const MAP = '#map';

function isMapShaped(value: unknown): value is Record<typeof MAP, unknown> {
  return typeof value === 'object' && value !== null && MAP in value;
}

function isEntries(value: unknown): value is [unknown, unknown][] {
  return Array.isArray(value) && value.every((entry) => Array.isArray(entry) && entry.length === 2);
}
