import type { IterationRecord, LoopState } from '../../../src/rlm/loop/loopState.ts';

/** The state of a loop that is about to begin, or of another one. */
export function loopState(facts: Partial<LoopState> = {}): LoopState {
  return {
    goal: 'make the tests pass',
    validator: 'npm test',
    roles: 'single',
    maxIterations: 88,
    maxMinutes: 2880,
    iterations: [],
    iterationMinutes: null,
    maxTokens: null,
    agent: { kind: 'codex', command: null, args: [] },
    protect: [],
    given: { agentArgs: [], protect: [] },
    phase: 'starting',
    pid: 1,
    startedAt: '2026-03-01T10:00:00.000Z',
    updatedAt: '2026-03-01T10:00:00.000Z',
    elapsedMs: 0,
    totals: {
      input: 0,
      cached: 0,
      output: 0,
      reasoning: 0,
      costUsd: 0,
      toolCalls: 0,
      agentMs: 0,
      validatorMs: 0,
      agentCalls: 0,
    },
    baseSnapshot: null,
    validatorFiles: { first: {}, last: {} },
    validatorFilesChanged: [],
    protectedFilesChanged: [],
    lastFeedback: null,
    inProgress: null,
    ...facts,
  };
}

/** Iterations that are over, one for each exit code of the validator; null: it did not run. */
export function iterationsWith(...exitCodes: (number | null)[]): IterationRecord[] {
  return exitCodes.map((validatorExitCode, offset) => ({
    n: offset + 1,
    startedAt: '2026-03-01T10:00:00.000Z',
    summary: null,
    validatorExitCode,
    validatorLogPath: null,
    diffSummary: 'no changes',
    completedAt: '2026-03-01T10:00:01.000Z',
    next: null,
    agentLogPath: '',
    agentEnded: 'exited',
    calls: [],
    validatorMs: null,
    checkpoint: null,
    before: 'a',
    after: 'b',
    stateAfter: 'b',
    validatorFilesChanged: [],
    failureSignature: null,
  }));
}
