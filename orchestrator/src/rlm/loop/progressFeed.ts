import type { LoopProgress } from '../../run/loopProgress.ts';
import { tokensUsed, type Budget } from './budget.ts';
import type { LoopState } from './loopState.ts';

type Changing = Pick<LoopProgress, 'iteration' | 'phase' | 'role' | 'action' | 'lastResult' | 'ending'>;

/** Tells whoever watches how the loop stands. */
export interface ProgressFeed {
  /** Something that matters changed: told at once. */
  update(change: Partial<Changing>): void;
  /** What the agent or the validator does now; of more than ten in a second only some are told, the last among them. */
  action(text: string): void;
  /** Tokens of the call under way, on top of those on record. */
  callTokens(tokens: number): void;
}

export interface FeedSource {
  state: LoopState;
  budget: Budget;
  agent: string;
  validator: string | null;
  onProgress: (progress: LoopProgress) => void;
}

const SHORTEST_PAUSE_MS = 100;

export function createProgressFeed({
  state,
  budget,
  agent,
  validator,
  onProgress,
}: FeedSource): ProgressFeed {
  let current: Changing = {
    iteration: state.iterations.length,
    phase: 'starting',
    role: null,
    action: null,
    lastResult: lastResult(state),
    ending: null,
  };
  let tokensOfCall = 0;
  let toldAtMs = Number.NEGATIVE_INFINITY;
  let later: NodeJS.Timeout | null = null;
  const tell = () => {
    if (later !== null) clearTimeout(later);
    later = null;
    toldAtMs = performance.now();
    onProgress({
      goal: state.goal,
      agent,
      validator,
      maxIterations: state.maxIterations,
      elapsedMs: budget.elapsedMs(),
      maxMs: budget.maxMs,
      tokens: tokensUsed(state) + tokensOfCall,
      maxTokens: state.maxTokens,
      ...current,
    });
  };
  const tellSeldom = () => {
    const waitMs = toldAtMs + SHORTEST_PAUSE_MS - performance.now();
    if (waitMs <= 0) tell();
    // The last of many is the one that stays true.
    else later ??= setTimeout(tell, waitMs).unref();
  };
  return {
    update(change) {
      current = { ...current, action: null, ...change };
      tell();
    },
    action(text) {
      current = { ...current, action: text };
      tellSeldom();
    },
    callTokens(tokens) {
      tokensOfCall = tokens;
      tellSeldom();
    },
  };
}

/** Of a resumed loop: what its validator said last. */
function lastResult({ iterations, lastFeedback }: LoopState): LoopProgress['lastResult'] {
  const last = iterations.findLast(({ validatorExitCode }) => validatorExitCode !== null);
  if (last === undefined || last.validatorExitCode === null) return null;
  return { iteration: last.n, exitCode: last.validatorExitCode, text: lastFeedback?.firstErrors[0] ?? '' };
}
