import { describe, expect, it } from 'vitest';
import type { StageResult } from '../../../src/pipeline/commandStage.ts';
import { createRunOutcome } from '../../../src/pipeline/graph/runOutcome.ts';
import type { FailurePolicy } from '../../../src/pipeline/graph/schedule.ts';

const PASSED: StageResult = { status: 'succeeded', stopDetail: null, wasCancelled: false, ranWhole: true };
const FAILED: StageResult = {
  status: 'failed',
  stopDetail: 'stage:bad:failed',
  wasCancelled: false,
  ranWhole: true,
};
const CUT: StageResult = {
  status: 'failed',
  stopDetail: 'stage:cut:failed',
  wasCancelled: true,
  ranWhole: true,
};

function outcomeOf(policy: FailurePolicy, ...results: StageResult[]): ReturnType<typeof createRunOutcome> {
  const outcome = createRunOutcome(results.length, policy);
  for (const result of results) outcome.add(result);
  return outcome;
}

const CANCELLED = { status: 'cancelled', statusDetail: 'cancelled:SIGINT' };
const HAS_FAILED = { status: 'failed', statusDetail: 'stage:bad:failed' };

describe.each(['finish', 'continue'] as const)('a cancellation after a failure, with %s', (policy) => {
  it('counts when it cut a stage short', () => {
    expect(outcomeOf(policy, FAILED, CUT).result('SIGINT', false)).toMatchObject(CANCELLED);
    expect(outcomeOf(policy, CUT, FAILED).result('SIGINT', false)).toMatchObject(CANCELLED);
  });

  it('counts when it kept a stage from beginning', () => {
    expect(outcomeOf(policy, FAILED, PASSED).result('SIGINT', true)).toMatchObject(CANCELLED);
  });

  it('does not count when all have come to their own end', () => {
    expect(outcomeOf(policy, FAILED, PASSED).result('SIGINT', false)).toMatchObject(HAS_FAILED);
  });
});

describe('with stop', () => {
  it('the failure that ended the others counts, also when somebody cancels meanwhile', () => {
    expect(outcomeOf('stop', FAILED, CUT).result(null, false)).toMatchObject(HAS_FAILED);
    expect(outcomeOf('stop', FAILED, CUT).result('SIGINT', false)).toMatchObject(HAS_FAILED);
  });

  it('a cancellation without a failure before it counts', () => {
    expect(outcomeOf('stop', CUT, CUT).result('SIGINT', false)).toMatchObject(CANCELLED);
  });
});

it('has run whole when all stages have passed, and every one of them ran whole', () => {
  const ranWhole = (...results: StageResult[]) =>
    outcomeOf('finish', ...results).result(null, false).ranWhole;
  expect(ranWhole(PASSED, PASSED)).toBe(true);
  expect(ranWhole(PASSED, FAILED)).toBe(false);
  expect(ranWhole(PASSED, { ...PASSED, ranWhole: false })).toBe(false);
  const oneHadPassedBefore = createRunOutcome(2, 'finish');
  oneHadPassedBefore.add(PASSED);
  expect(oneHadPassedBefore.result(null, false).ranWhole).toBe(false);
});

it('has succeeded when a cancellation comes after the last stage', () => {
  expect(outcomeOf('finish', PASSED).result('SIGINT', false)).toMatchObject({
    status: 'succeeded',
    statusDetail: null,
  });
});
