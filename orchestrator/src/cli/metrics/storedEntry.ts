/**
 * A line of `metrics.json` as far as it can be trusted: three fields are there, everything else may be of any
 * type, because other tools and older versions write this file too.
 */
export interface StoredEntry {
  run_id: string;
  status: string;
  recorded_at: string;
  [field: string]: unknown;
}

/**
 * Reads one line of a metrics file. Returns null for a line that does not count: blank, torn, not an object, or
 * without a non-blank `run_id`, `status` and `recorded_at` (artifact contract, section 4).
 */
export function parseStoredEntry(line: string): StoredEntry | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  return isStoredEntry(value) ? value : null;
}

/** Value of a counter field: 0 unless it is a finite number. */
export function countOf(value: unknown): number {
  return finite(value) ?? 0;
}

/** The value when it is a finite number, else null. */
export function finite(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function isStoredEntry(value: unknown): value is StoredEntry {
  return (
    typeof value === 'object' &&
    value !== null &&
    'run_id' in value &&
    isText(value.run_id) &&
    'status' in value &&
    isText(value.status) &&
    'recorded_at' in value &&
    isText(value.recorded_at)
  );
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}
