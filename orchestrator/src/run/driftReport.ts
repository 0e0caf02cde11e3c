import { rename } from 'node:fs/promises';
import type { ControlPlane } from './manifestTypes.ts';
import { artifactPath, type TaskEnvironment, taskPaths } from './paths.ts';
import { readIfPresent } from './readIfPresent.ts';

/** Most samples kept in the report (artifact contract, section 2). */
const MAX_ENTRIES = 50;

/** The document of `drift.json`. */
export interface DriftReport {
  schema_id: string;
  schema_version: string;
  total_samples: number;
  invalid_samples: number;
  invalid_rate: number;
  last_sampled_at: string;
  mode: ControlPlane['validation']['mode'];
  entries: unknown[];
}

/** The report with one more sample: counts it, and keeps the last failures, a success only while it is empty. Pure. */
export function withSample(known: DriftReport | null, sample: ControlPlane): DriftReport {
  const { mode, status, timestamp, errors } = sample.validation;
  const failed = status === 'failed';
  const total = (known?.total_samples ?? 0) + 1;
  const invalid = (known?.invalid_samples ?? 0) + (failed ? 1 : 0);
  const entries = known?.entries ?? [];
  // One that had to wait for the lock may be counted late.
  const isLatest = known === null || !(timestamp < known.last_sampled_at);
  const entry = { request_id: sample.request_id, timestamp, status, mode, ...(failed && { errors }) };
  return {
    schema_id: sample.schema_id,
    schema_version: sample.schema_version,
    total_samples: total,
    invalid_samples: invalid,
    invalid_rate: invalid / total,
    last_sampled_at: isLatest ? timestamp : known.last_sampled_at,
    mode: isLatest ? mode : known.mode,
    entries: failed || entries.length === 0 ? [...entries, entry].slice(-MAX_ENTRIES) : entries,
  };
}

/**
 * Reads the report; null when there is none. One that cannot be understood is moved aside. Call it under its lock.
 *
 * @returns also sentences for the user.
 * @throws errno errors.
 */
export async function readDriftReport(
  env: TaskEnvironment,
): Promise<{ known: DriftReport | null; warnings: string[] }> {
  const file = taskPaths(env).driftPath;
  const content = await readIfPresent(file, env.activity);
  if (content === null) return { known: null, warnings: [] };
  const report = parseReport(content);
  if (report !== null) return { known: report, warnings: [] };
  // Another tool overwrites this file in place, so a torn one is possible and must not stop every later run.
  const aside = `${file}.damaged`;
  await rename(file, aside);
  const warning = `${artifactPath(env, file)} is damaged; moved to ${artifactPath(env, aside)}, counting anew.`;
  return { known: null, warnings: [warning] };
}

function parseReport(content: string): DriftReport | null {
  try {
    const value: unknown = JSON.parse(content);
    return isReport(value) ? value : null;
  } catch {
    return null;
  }
}

function isReport(value: unknown): value is DriftReport {
  return (
    typeof value === 'object' &&
    value !== null &&
    'total_samples' in value &&
    Number.isSafeInteger(value.total_samples) &&
    'invalid_samples' in value &&
    Number.isSafeInteger(value.invalid_samples) &&
    'entries' in value &&
    Array.isArray(value.entries)
  );
}
