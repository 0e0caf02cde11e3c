import type { Failure } from '../../failure.ts';
import type { FileTrouble } from './errnoText.ts';

/** What `--format json` prints instead of a result. */
export interface FailureDocument {
  error: { kind: string; message: string } & Record<string, unknown>;
  exit_code: number;
}

/** The document for an expected failure: all its facts, and the words a person reads. */
export function failureJson(failure: Failure, message: string, exitCode: number): FailureDocument {
  return { error: { ...failure, message }, exit_code: exitCode };
}

/** The document for a refusal of the file system. */
export function fileTroubleJson(trouble: FileTrouble, message: string, exitCode: number): FailureDocument {
  const { code, action, path } = trouble;
  return { error: { kind: 'storage', message, operation: action, path, code }, exit_code: exitCode };
}

/** The document for a bug of ours. */
export function internalErrorJson(message: string, exitCode: number): FailureDocument {
  return { error: { kind: 'internal', message }, exit_code: exitCode };
}
