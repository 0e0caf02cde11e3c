import type { PastIteration, PromptInput } from '../../../src/rlm/prompt/promptInput.ts';
import type { ValidatorFeedback } from '../../../src/rlm/validator/feedback.ts';

/** What a prompt is made of in the first iteration of a plain loop. */
export function promptInput(overrides: Partial<PromptInput> = {}): PromptInput {
  return {
    repository: 'calculator',
    goal: 'Make the tests pass.',
    iteration: 1,
    maxIterations: 5,
    role: 'agent',
    validator: 'npm test',
    sinceStart: null,
    history: [],
    feedback: null,
    budget: { iterationsLeft: 5, minutesLeft: null, iterationMinutes: null, tokensLeft: null },
    notices: [],
    earlier: {},
    subagents: false,
    ...overrides,
  };
}

export function pastIteration(n: number, overrides: Partial<PastIteration> = {}): PastIteration {
  return {
    n,
    summary: `did part ${n}`,
    next: `do part ${n + 1}`,
    validatorExitCode: 1,
    diffSummary: ` src/sum.js | ${n} +\n 1 file changed, ${n} insertions(+)`,
    agentEnded: 'exited',
    ...overrides,
  };
}

export function feedback(overrides: Partial<ValidatorFeedback> = {}): ValidatorFeedback {
  return {
    exitCode: 1,
    ended: 'exited',
    signal: null,
    firstErrors: ['not ok 1 - sums'],
    end: 'not ok 1 - sums\n# fail 1',
    bytes: 24,
    ...overrides,
  };
}
