import type { HistoryLine } from '../metrics/historyLines.ts';
import { isBlank } from '../metrics/rawLines.ts';

/** A line of a history that does not count. */
export interface DamagedLine {
  /** Counted from 1. */
  line: number;
  reason: string;
}

/** Lines that do not count: all of them counted, the first ones kept. */
export interface DamagedLines {
  count: number;
  first: DamagedLine[];
}

const MOST_KEPT = 20;

/** Takes a line that is no entry into `lines`, in place. A blank one is no damage. */
export function addDamagedLine(lines: DamagedLines, { bytes }: HistoryLine, line: number): void {
  if (isBlank(bytes)) return;
  lines.count += 1;
  if (lines.first.length < MOST_KEPT) lines.first.push({ line, reason: reasonFor(bytes.toString('utf8')) });
}

function reasonFor(text: string): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'it is not valid JSON';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'it is not an object';
  const fields = new Map<string, unknown>(Object.entries(value));
  const missing = ['run_id', 'status', 'recorded_at'].filter((name) => {
    const field = fields.get(name);
    return typeof field !== 'string' || field.trim() === '';
  });
  return `it has no ${missing.join(', ')}`;
}
