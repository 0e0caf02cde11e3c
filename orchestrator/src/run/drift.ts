import fs from 'node:fs';
import path from 'node:path';
import { errorCode } from '../storage/errorCode.ts';
import { acquireLock } from '../storage/lock.ts';
import { makeDirectory } from '../storage/makeDirectory.ts';
import { jsonDocument, replaceFileSync } from '../storage/replaceFile.ts';
import { dropFile, droppedFiles } from './dropFile.ts';
import { type DriftReport, readDriftReport, withSample } from './driftReport.ts';
import type { ControlPlane } from './manifestTypes.ts';
import { artifactPath, type TaskEnvironment, taskPaths } from './paths.ts';

type DriftSummary = NonNullable<ControlPlane['drift']>;

/** `drift: null` means that the sample is not counted yet. */
export interface DriftResult {
  drift: DriftSummary | null;
  warnings: string[];
}

/**
 * Counts the check of one run request in `<repo>/out/<task>/control-plane/drift.json` and returns what belongs
 * into the manifest as `control_plane.drift`. Every run counts; the report keeps the failures (the last 50) and a
 * success only while it is empty, so that its size and what a run pays for it are limited. A report that cannot be
 * understood is moved aside and a new one begun.
 *
 * Waits for the lock of the report for at most about 0.7 s. A sample that has to wait longer is left in
 * `drift.pending/`, for the holder of the lock, who looks there once more after letting go of it, or the next run.
 *
 * Written without fsync: nothing depends on these figures, and a short run shall not wait for the disk because of them.
 * For the same reason a kill between the report and the removal of a pending sample may count that one twice.
 *
 * @throws errno errors; the earlier report is in place then.
 */
export async function recordDrift(env: TaskEnvironment, sample: ControlPlane): Promise<DriftResult> {
  const { driftPath } = taskPaths(env);
  makeDirectory(path.dirname(driftPath));
  const counted = await underDriftLock(env, 8, () => countSamples(env, sample));
  if (counted === null) dropFile(pendingDirectory(env), jsonDocument(sample), env.activity);
  const late = await countPending(env);
  if (counted !== null) return { ...counted, warnings: [...counted.warnings, ...late.warnings] };
  if (late.isCounted) return { drift: null, warnings: late.warnings };
  const name = artifactPath(env, `${driftPath}.lock`);
  return {
    drift: null,
    warnings: [`Drift sample not counted yet: ${name} is held by another process. The next run counts it.`],
  };
}

/** Tries the lock once for whatever is pending. Until nothing is, since its holder may have looked there before. */
async function countPending(env: TaskEnvironment): Promise<{ isCounted: boolean; warnings: string[] }> {
  const warnings: string[] = [];
  while (droppedFiles(pendingDirectory(env)).length > 0) {
    const counted = await underDriftLock(env, 1, () => countSamples(env, null));
    if (counted === null) return { isCounted: false, warnings };
    warnings.push(...counted.warnings);
  }
  return { isCounted: true, warnings };
}

async function underDriftLock<T>(
  env: TaskEnvironment,
  attempts: number,
  action: () => Promise<T>,
): Promise<T | null> {
  const result = await acquireLock(`${taskPaths(env).driftPath}.lock`, {
    purpose: 'drift report',
    attempts,
    delayMs: 10,
    activity: env.activity,
  });
  if (result.status === 'busy') return null;
  try {
    return await action();
  } finally {
    await result.lock.release();
  }
}

async function countSamples(env: TaskEnvironment, own: ControlPlane | null): Promise<DriftResult> {
  const { driftPath } = taskPaths(env);
  const { known, warnings } = await readDriftReport(env);
  const files = droppedFiles(pendingDirectory(env));
  const samples = files.flatMap((file) => readSample(file) ?? []);
  if (own !== null) samples.push(own);
  const report = samples.reduce<DriftReport | null>(withSample, known);
  if (report !== null && samples.length > 0) {
    replaceFileSync(driftPath, jsonDocument(report), { durable: false, activity: env.activity });
  }
  for (const file of files) fs.rmSync(file, { force: true });
  return { drift: report && summaryOf(env, report), warnings };
}

function summaryOf(env: TaskEnvironment, report: DriftReport): DriftSummary {
  const { total_samples, invalid_samples, invalid_rate, last_sampled_at, mode } = report;
  const report_path = artifactPath(env, taskPaths(env).driftPath);
  return { report_path, total_samples, invalid_samples, invalid_rate, last_sampled_at, mode };
}

function pendingDirectory(env: TaskEnvironment): string {
  return path.join(path.dirname(taskPaths(env).driftPath), 'drift.pending');
}

/** Null for what is no sample, or was counted by somebody else since the listing. */
function readSample(file: string): ControlPlane | null {
  try {
    const value: unknown = JSON.parse(fs.readFileSync(file, 'utf8'));
    return isSample(value) ? value : null;
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || error instanceof SyntaxError) return null;
    throw error;
  }
}

function isSample(value: unknown): value is ControlPlane {
  if (typeof value !== 'object' || value === null || !('validation' in value)) return false;
  const { validation } = value;
  return (
    typeof validation === 'object' &&
    validation !== null &&
    'status' in validation &&
    'timestamp' in validation &&
    typeof validation.timestamp === 'string'
  );
}
