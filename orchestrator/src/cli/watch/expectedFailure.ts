import { FailureError } from '../../failure.ts';
import { fileTroubleOf } from '../present/errnoText.ts';

/** An error that is none of our making, as the failure that it is; null for a bug. */
export function expectedFailure(error: unknown): FailureError | null {
  if (error instanceof FailureError) return error;
  const trouble = fileTroubleOf(error);
  if (trouble === null) return null;
  const { code, action, path } = trouble;
  return new FailureError({ kind: 'storage', operation: action, path: path ?? '', code });
}
