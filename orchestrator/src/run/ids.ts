import { randomBytes } from 'node:crypto';
import { FailureError } from '../failure.ts';

/** Checks a task id and returns it unchanged. Throws an `invalid-id` failure that names the broken rule. */
export function validateTaskId(value: string): string {
  return validateId('task ID', value);
}

/** Checks a run id and returns it unchanged. Throws an `invalid-id` failure that names the broken rule. */
export function validateRunId(value: string): string {
  return validateId('run ID', value);
}

/**
 * Makes a new run id: the UTC time with `:` and `.` replaced by `-`, then 8 random hex digits, e.g.
 * `2026-11-22T12-46-41-046Z-423084bd`.
 */
export function createRunId(now: Date): string {
  return `${now.toISOString().replace(/[:.]/g, '-')}-${randomBytes(4).toString('hex')}`;
}

/** The moment in a run id as epoch ms, or null when the id does not begin with a timestamp. */
export function runIdTime(runId: string): number | null {
  const match = /^(\d{4}-\d{2}-\d{2}T\d{2})-(\d{2})-(\d{2})-(\d{3}Z)/.exec(runId);
  if (match === null) return null;
  const time = Date.parse(`${match[1]}:${match[2]}:${match[3]}.${match[4]}`);
  return Number.isNaN(time) ? null : time;
}

/** Orders run ids newest first by their timestamp; ids without one, and ties, in descending string order. */
export function compareNewestFirst(a: string, b: string): number {
  const difference = (runIdTime(b) ?? -Infinity) - (runIdTime(a) ?? -Infinity);
  if (difference > 0) return 1;
  if (difference < 0) return -1;
  return a < b ? 1 : a > b ? -1 : 0;
}

const FORBIDDEN = '<>:"|?*';

/** The order of the rules is part of the contract: readers of error messages rely on which one is named. */
function validateId(subject: 'task ID' | 'run ID', value: string): string {
  const reject = (rule: string): never => {
    throw new FailureError({ kind: 'invalid-id', subject, value, rule });
  };
  if (value === '') reject('must not be empty');
  for (const character of value) {
    const code = character.codePointAt(0) ?? 0;
    if (code <= 31 || code === 127) reject('must not contain control characters');
    if (FORBIDDEN.includes(character)) reject(`must not contain "${character}"`);
  }
  if (value.startsWith('.')) reject('must not start with a dot');
  if (value.includes('/') || value.includes('\\')) reject('must not contain a slash or backslash');
  return value;
}
