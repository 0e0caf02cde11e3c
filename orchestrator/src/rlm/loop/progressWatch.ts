import type { IterationRecord } from './loopState.ts';

/** How the loop gets on, judged by where its iterations have led. */
export type ProgressJudgement =
  | { kind: 'moving' }
  | {
      /** `repeating`: the same state again and again. `oscillating`: two states in turn. */
      kind: 'repeating' | 'oscillating';
      /** How often the loop has been at its present state in this pattern, at least 2. */
      times: number;
      /** `first-sign`: it was still moving one iteration ago. `still`: that iteration did not help. */
      stage: 'first-sign' | 'still';
    };

type Outcome = Pick<IterationRecord, 'stateAfter' | 'failureSignature'>;

/**
 * Tells whether the last iterations led anywhere. A state is the files after an iteration together with the failing
 * output of the validator; an iteration without such an output counts as progress.
 *
 * `repeating`: the last two or more states are the same (A, A: twice; A, A, A: three times). `oscillating`: the last
 * four or more take turns between two (A, B, A, B: twice; with another A: three times, and with another B too).
 */
export function judgeProgress(iterations: readonly Outcome[]): ProgressJudgement {
  const states = iterations.map(stateOf);
  const pattern = patternAtEnd(states);
  if (pattern === null) return { kind: 'moving' };
  const before = patternAtEnd(states.slice(0, -1));
  return { ...pattern, stage: before === null ? 'first-sign' : 'still' };
}

/** Fewer in turn could be one change that was taken back. */
const SHORTEST_OSCILLATION = 4;

function stateOf({ stateAfter, failureSignature }: Outcome): string | null {
  return failureSignature === null ? null : `${stateAfter} ${failureSignature}`;
}

function patternAtEnd(
  states: readonly (string | null)[],
): { kind: 'repeating' | 'oscillating'; times: number } | null {
  if ((states.at(-1) ?? null) === null) return null;
  const same = lengthOfPattern(states, 1);
  if (same >= 2) return { kind: 'repeating', times: same };
  const inTurn = lengthOfPattern(states, 2);
  // Twice the same state in a row is also the same as two before it, but was found above.
  if (inTurn >= SHORTEST_OSCILLATION) return { kind: 'oscillating', times: Math.ceil(inTurn / 2) };
  return null;
}

/** How many states at the end are each the same as the one `period` before, those first `period` ones included. */
function lengthOfPattern(states: readonly (string | null)[], period: number): number {
  let at = states.length - 1;
  while (at - period >= 0 && states[at] !== null && states[at] === states[at - period]) at -= 1;
  const repeated = states.length - 1 - at;
  return repeated === 0 ? 0 : repeated + period;
}
