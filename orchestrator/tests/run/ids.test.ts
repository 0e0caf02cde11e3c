import { describe, expect, it } from 'vitest';
import { FailureError } from '../../src/failure.ts';
import {
  compareNewestFirst,
  createRunId,
  runIdTime,
  validateRunId,
  validateTaskId,
} from '../../src/run/ids.ts';

function ruleOf(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error instanceof FailureError ? error.failure : error;
  }
  return null;
}

describe.each([
  { subject: 'task ID', validate: validateTaskId, kind: 'task' },
  { subject: 'run ID', validate: validateRunId, kind: 'run' },
])('a $subject', ({ subject, validate, kind }) => {
  it.each([`${kind}-001`, 'with space', 'ünïcode', 'dot.', 'x'.repeat(300)])('may be %j', (value) => {
    expect(validate(value)).toBe(value);
  });

  it.each([
    ['', 'must not be empty'],
    ['\u0001', 'must not contain control characters'],
    ['run\u0000unsafe', 'must not contain control characters'],
    ['a\u007f', 'must not contain control characters'],
    [`${kind}:bad`, 'must not contain ":"'],
    ['a|b?', 'must not contain "|"'],
    [':\u0001', 'must not contain ":"'],
    ['..', 'must not start with a dot'],
    ['../escape', 'must not start with a dot'],
    [`${kind}/path`, 'must not contain a slash or backslash'],
    [`${kind}\\path`, 'must not contain a slash or backslash'],
  ])('may not be %j', (value, rule) => {
    expect(ruleOf(() => validate(value))).toEqual({ kind: 'invalid-id', subject, value, rule });
  });
});

describe('createRunId', () => {
  it('makes the time readable and the rest random', () => {
    const now = new Date('2026-11-22T12:46:41.046Z');
    const ids = new Set(Array.from({ length: 50 }, () => createRunId(now)));
    expect(ids.size).toBe(50);
    for (const id of ids) {
      expect(id).toMatch(/^2026-11-22T12-46-41-046Z-[0-9a-f]{8}$/);
      expect(runIdTime(id)).toBe(now.getTime());
    }
  });
});

describe('compareNewestFirst', () => {
  it('orders by time, then by text, ids without a time last', () => {
    const ids = [
      'legacy-a',
      '2026-01-01T00-00-00-000Z-00000001',
      '2026-01-02T00-00-00-000Z-00000000',
      'legacy-b',
      '2026-01-01T00-00-00-000Z-00000002',
    ];
    expect(ids.toSorted(compareNewestFirst)).toEqual([
      '2026-01-02T00-00-00-000Z-00000000',
      '2026-01-01T00-00-00-000Z-00000002',
      '2026-01-01T00-00-00-000Z-00000001',
      'legacy-b',
      'legacy-a',
    ]);
  });
});
