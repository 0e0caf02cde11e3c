import { rename } from 'node:fs/promises';
import path from 'node:path';
import { acquireLock } from '../storage/lock.ts';
import { makeDirectory } from '../storage/makeDirectory.ts';
import { jsonDocument, replaceFileSync } from '../storage/replaceFile.ts';
import type { ControlPlane } from './manifestTypes.ts';
import { artifactPath, type TaskEnvironment, taskPaths } from './paths.ts';
import { readIfPresent } from './readIfPresent.ts';

/** Most samples kept in the report (artifact contract, section 2). */
const MAX_ENTRIES = 50;

type DriftSummary = NonNullable<ControlPlane['drift']>;

/** `drift: null` means that the sample was not counted; a warning says why. */
export interface DriftResult {
  drift: DriftSummary | null;
  warnings: string[];
}

interface DriftReport {
  schema_id: string;
  schema_version: string;
  total_samples: number;
  invalid_samples: number;
  invalid_rate: number;
  last_sampled_at: string;
  mode: string;
  entries: unknown[];
}

/**
 * Counts the check of one run request in `<repo>/out/<task>/control-plane/drift.json` and returns what belongs
 * into the manifest as `control_plane.drift`. Every run counts; the report keeps the failures (the last 50) and a
 * success only while it is empty. A report that cannot be understood is moved aside and a new one begun.
 *
 * Waits for the lock of the report for at most about 0.7 s. Written without fsync: nothing depends on these figures,
 * and a short run shall not wait for the disk because of them.
 *
 * @throws errno errors; the earlier report is in place then.
 */
export async function recordDrift(env: TaskEnvironment, sample: ControlPlane): Promise<DriftResult> {
  const { driftPath } = taskPaths(env);
  makeDirectory(path.dirname(driftPath));
  const result = await acquireLock(`${driftPath}.lock`, {
    purpose: 'drift report',
    attempts: 8,
    delayMs: 10,
  });
  if (result.status === 'busy') {
    const name = artifactPath(env, `${driftPath}.lock`);
    return { drift: null, warnings: [`Drift sample not counted: ${name} is held by another process.`] };
  }
  try {
    return await countSample(env, driftPath, sample);
  } finally {
    await result.lock.release();
  }
}

async function countSample(env: TaskEnvironment, file: string, sample: ControlPlane): Promise<DriftResult> {
  const { known, warnings } = await readReport(env, file);
  const report = withSample(known, sample);
  replaceFileSync(file, jsonDocument(report), { durable: false });
  return {
    drift: {
      report_path: artifactPath(env, file),
      total_samples: report.total_samples,
      invalid_samples: report.invalid_samples,
      invalid_rate: report.invalid_rate,
      last_sampled_at: report.last_sampled_at,
      mode: sample.validation.mode,
    },
    warnings,
  };
}

function withSample(known: DriftReport | null, sample: ControlPlane): DriftReport {
  const { mode, status, timestamp, errors } = sample.validation;
  const failed = status === 'failed';
  const total = (known?.total_samples ?? 0) + 1;
  const invalid = (known?.invalid_samples ?? 0) + (failed ? 1 : 0);
  const entries = known?.entries ?? [];
  const entry = { request_id: sample.request_id, timestamp, status, mode, ...(failed && { errors }) };
  return {
    schema_id: sample.schema_id,
    schema_version: sample.schema_version,
    total_samples: total,
    invalid_samples: invalid,
    invalid_rate: invalid / total,
    last_sampled_at: timestamp,
    mode,
    entries: failed || entries.length === 0 ? [...entries, entry].slice(-MAX_ENTRIES) : entries,
  };
}

async function readReport(
  env: TaskEnvironment,
  file: string,
): Promise<{ known: DriftReport | null; warnings: string[] }> {
  const content = await readIfPresent(file);
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
