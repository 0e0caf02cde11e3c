import path from 'node:path';
import type { FileActivity } from '../storage/fileActivity.ts';
import { jsonDocument, replaceFile } from '../storage/replaceFile.ts';
import type { Manifest } from './manifestTypes.ts';
import type { RunPaths } from './paths.ts';

/** Longest slug and longest text detail, fixed by the artifact contract (sections 1 and 3.1). */
const MAX_SLUG = 80;
const MAX_DETAIL = 8_192;

/** Bytes of one stream above which an error file calls it truncated (artifact contract, section 3.1). */
const KEPT_STREAM_BYTES = 65_536;

/** Base name of a stage's log and error file: `NN-<slug>`, NN = 1-based index. */
export function stageFileName(index: number, stageId: string): string {
  const slug = stageId
    .replace(/[^a-zA-Z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, MAX_SLUG);
  return `${String(index).padStart(2, '0')}-${slug === '' ? 'command' : slug}`;
}

export interface StageFailure {
  index: number;
  stageId: string;
  /** Shell text. */
  command: string;
  reason: 'command-failed' | 'command-execution-error';
  exitCode: number | null;
  signal: string | null;
  stderr: string;
  stdoutBytes: number;
  stderrBytes: number;
}

/** Writes `errors/NN-<slug>.json` for a failed stage and returns its absolute path. Throws errno errors. */
export async function writeErrorFile(
  paths: RunPaths,
  manifest: Manifest,
  failure: StageFailure,
  activity?: FileActivity,
): Promise<string> {
  const file = path.join(paths.errorsDir, `${stageFileName(failure.index, failure.stageId)}.json`);
  const details = {
    exit_code: failure.exitCode,
    sandbox_state: 'sandboxed',
    stderr: failure.stderr,
    ...(failure.signal !== null && { signal: failure.signal }),
    ...(failure.stdoutBytes > KEPT_STREAM_BYTES && { stdout_truncated: true }),
    ...(failure.stderrBytes > KEPT_STREAM_BYTES && { stderr_truncated: true }),
  };
  await replaceFile(
    file,
    jsonDocument({
      run_id: manifest.run_id,
      task_id: manifest.task_id,
      command_index: failure.index,
      command_id: failure.stageId,
      command: failure.command,
      reason: failure.reason,
      details: clipDetails(details),
      created_at: new Date().toISOString(),
    }),
    { activity },
  );
  return file;
}

/** Cuts long text details and marks each cut with `<key>_truncated`, unless that mark is there already. */
export function clipDetails(details: Record<string, unknown>): Record<string, unknown> {
  const clipped: Record<string, unknown> = { ...details };
  for (const [key, value] of Object.entries(details)) {
    if (typeof value !== 'string' || value.length <= MAX_DETAIL) continue;
    clipped[key] = `${value.slice(0, MAX_DETAIL)}…`;
    clipped[`${key}_truncated`] ??= true;
  }
  return clipped;
}
