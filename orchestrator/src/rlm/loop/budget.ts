import type { FinalStatus } from '../types.ts';
import type { LoopState } from './loopState.ts';

/** What a loop may still use, over all attempts of its run. */
export interface Budget {
  /** Time used so far, ms. */
  elapsedMs(): number;
  /** null: no limit. */
  maxMs: number | null;
  /** Ms until the time is over, at least 0; null: no limit. */
  timeLeftMs(): number | null;
  /** Begins the agent's part of an iteration, or the validator's: each has the time of an iteration. */
  startPart(): PartTime;
  /** null: no limit. */
  iterationsLeft(): number | null;
  tokensLeft(): number | null;
  /** Which budget is used up; null while all have something left. */
  exhausted(): Extract<FinalStatus, 'max_iterations' | 'max_minutes' | 'max_tokens'> | null;
}

/** The time of one part of an iteration. */
export interface PartTime {
  /** Ms that it may still take, at least 0; null: no limit. */
  leftMs(): number | null;
  /** So many ms went by without work: they count for the loop, but not for the part. */
  waited(ms: number): void;
}

/** The budget of a loop whose state says what was used before now. Time is measured on the monotonic clock. */
export function openBudget(state: LoopState): Budget {
  const startedMs = performance.now();
  const before = state.elapsedMs;
  const maxMs = inMs(state.maxMinutes);
  const elapsedMs = () => Math.round(before + performance.now() - startedMs);
  const timeLeftMs = () => (maxMs === null ? null : Math.max(0, maxMs - elapsedMs()));
  const iterationsLeft = () =>
    state.maxIterations === 0 ? null : Math.max(0, state.maxIterations - state.iterations.length);
  const tokensLeft = () =>
    state.maxTokens === null ? null : Math.max(0, state.maxTokens - tokensUsed(state));
  return {
    elapsedMs,
    maxMs,
    timeLeftMs,
    startPart() {
      const limitMs = inMs(state.iterationMinutes);
      let endMs = limitMs === null ? null : performance.now() + limitMs;
      return {
        leftMs: () => smaller(timeLeftMs(), endMs === null ? null : Math.max(0, endMs - performance.now())),
        waited(ms) {
          if (endMs !== null) endMs += ms;
        },
      };
    },
    iterationsLeft,
    tokensLeft,
    exhausted() {
      if (iterationsLeft() === 0) return 'max_iterations';
      if (timeLeftMs() === 0) return 'max_minutes';
      return tokensLeft() === 0 ? 'max_tokens' : null;
    },
  };
}

/** Tokens as they count against a budget: all that went in and came out. */
export function tokensUsed({ totals }: Pick<LoopState, 'totals'>): number {
  return totals.input + totals.output;
}

function inMs(minutes: number | null): number | null {
  return minutes === null ? null : minutes * 60_000;
}

function smaller(a: number | null, b: number | null): number | null {
  if (a === null) return b;
  return b === null ? a : Math.min(a, b);
}
