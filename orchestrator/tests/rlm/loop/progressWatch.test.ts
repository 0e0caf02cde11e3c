import { expect, it } from 'vitest';
import { judgeProgress, type ProgressJudgement } from '../../../src/rlm/loop/progressWatch.ts';

/** One letter per iteration: the same letter, the same files and failure. `-`: no failure. */
function judge(states: string): ProgressJudgement {
  return judgeProgress(
    states.split('').map((state) => ({
      stateAfter: `tree ${state}`,
      failureSignature: state === '-' ? null : `out ${state}`,
    })),
  );
}

it.each(['', 'A', 'AB', 'ABC', 'AAB', 'ABA', 'ABCABC', 'ABBA', 'ABAC', 'ABABC'])('%j is moving', (states) => {
  expect(judge(states)).toEqual({ kind: 'moving' });
});

it.each([
  ['AA', 2, 'first-sign'],
  ['BCAA', 2, 'first-sign'],
  ['AAA', 3, 'still'],
  ['BAAAA', 4, 'still'],
  ['AABB', 2, 'first-sign'],
] as const)('%j is repeating, %d times, %s', (states, times, stage) => {
  expect(judge(states)).toEqual({ kind: 'repeating', times, stage });
});

it.each([
  ['ABAB', 2, 'first-sign'],
  ['XABAB', 2, 'first-sign'],
  ['ABABA', 3, 'still'],
  ['ABABAB', 3, 'still'],
  ['ABABABA', 4, 'still'],
] as const)('%j is oscillating, %d times, %s', (states, times, stage) => {
  expect(judge(states)).toEqual({ kind: 'oscillating', times, stage });
});

it('is no better to stand still after going in circles', () => {
  expect(judge('ABABB')).toEqual({ kind: 'repeating', times: 2, stage: 'still' });
});

it('is progress when the files or the failure differ', () => {
  const iterations = [
    { stateAfter: 'one', failureSignature: 'x' },
    { stateAfter: 'one', failureSignature: 'y' },
    { stateAfter: 'two', failureSignature: 'y' },
  ];
  expect(judgeProgress(iterations)).toEqual({ kind: 'moving' });
});

it('judges nothing without a failing validator', () => {
  for (const states of ['--', '----', 'A-A', 'A-A-A', '-A-A'])
    expect(judge(states)).toEqual({ kind: 'moving' });
});
