import type { LoopOptions } from '../types.ts';
import type { RawLoopOptions } from '../options/rawOptions.ts';
import type { GivenFlags, LoopState, LoopTotals } from './loopState.ts';

/** What is certain of a loop's options before all of them have been found valid. */
export type KnownOptions = Pick<LoopOptions, 'goal' | 'roles' | 'maxIterations' | 'maxMinutes'> &
  Partial<LoopOptions>;

/** The state of a loop that has not begun, with the flags from which the options were read. */
export function newState(options: KnownOptions, flags: RawLoopOptions): LoopState {
  const now = new Date().toISOString();
  return {
    goal: options.goal,
    validator: null,
    roles: options.roles,
    maxIterations: options.maxIterations,
    maxMinutes: options.maxMinutes,
    iterations: [],
    ...ownOptions(options),
    given: givenFlags(flags),
    phase: 'starting',
    pid: process.pid,
    startedAt: now,
    updatedAt: now,
    elapsedMs: 0,
    totals: noTotals(),
    baseSnapshot: null,
    validatorFiles: { first: {}, last: {} },
    validatorFilesChanged: [],
    protectedFilesChanged: [],
    lastFeedback: null,
    inProgress: null,
  };
}

/**
 * The state of a loop that goes on: its history, with the options that hold from now on.
 *
 * @param unwrittenMs time that was used and does not stand in its state
 */
export function continuedState(stored: LoopState, options: LoopOptions, unwrittenMs: number): LoopState {
  const { final: _final, ...rest } = stored;
  const { roles, maxIterations, maxMinutes } = options;
  return {
    ...rest,
    roles,
    maxIterations,
    maxMinutes,
    ...ownOptions(options),
    phase: 'starting',
    pid: process.pid,
    elapsedMs: stored.elapsedMs + unwrittenMs,
  };
}

function ownOptions(
  options: KnownOptions,
): Pick<LoopState, 'iterationMinutes' | 'maxTokens' | 'agent' | 'protect'> {
  const { kind = 'codex', command = null, args = [] } = options.agent ?? {};
  return {
    iterationMinutes: options.iterationMinutes ?? null,
    maxTokens: options.maxTokens ?? null,
    agent: { kind, command, args },
    protect: options.protect ?? [],
  };
}

function givenFlags({ goal: _goal, goalProblem: _problem, ...flags }: RawLoopOptions): GivenFlags {
  return flags;
}

function noTotals(): LoopTotals {
  return {
    input: 0,
    cached: 0,
    output: 0,
    reasoning: 0,
    costUsd: 0,
    toolCalls: 0,
    agentMs: 0,
    validatorMs: 0,
    agentCalls: 0,
  };
}
