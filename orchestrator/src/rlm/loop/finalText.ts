import type { FinalStatus } from '../types.ts';
import { tokensUsed } from './budget.ts';
import type { LoopState } from './loopState.ts';
import { countWords, durationWords, iterationWords, nameList, plainLine } from './loopWords.ts';

/** What the words about the end of a loop need beyond its state. */
export interface FinalFacts {
  /** For `error`, `invalid_config` and `no_progress` what happened, for `cancelled` who asked. Foreign words allowed. */
  reason?: string | null;
  /** What to do about it: a whole sentence. */
  advice?: string | null;
  /** For `budget_complete`: the budget that is used up. */
  exhausted?: 'max_iterations' | 'max_minutes' | 'max_tokens';
  /** For `no_validator`: commands of which none was chosen. */
  candidates?: readonly { command: string }[];
  /** For `no_validator`: a `package.json` has a script `test`, which alone says nothing about the tool to run it with. */
  hasTestScript?: boolean;
}

export interface FinalText {
  /** Says whether the goal was reached. A loop that stopped for any other reason than a proof never claims it. */
  sentence: string;
  /** One line each. */
  warnings: string[];
}

/** The end of a loop in words. `state` is the one that it ended with. */
export function finalText(status: FinalStatus, state: LoopState, facts: FinalFacts = {}): FinalText {
  return { sentence: sentence(status, state, facts), warnings: warnings(status, state) };
}

/** Longest reason, in characters: whole messages of a server may stand in it. */
const LONGEST_REASON = 500;

function sentence(status: FinalStatus, state: LoopState, facts: FinalFacts): string {
  switch (status) {
    case 'passed':
      return `Goal reached: the validator passed in ${place(state)}.`;
    case 'budget_complete': {
      const used = usedUp(facts.exhausted ?? 'max_iterations', state);
      return `Stopped: ${used}. There was no validator, so nothing proves the goal.`;
    }
    case 'max_iterations':
    case 'max_minutes':
    case 'max_tokens':
      return `Goal not reached: ${usedUp(status, state)}, ${standing(state)}.`;
    case 'no_progress':
      return `Goal not reached: no progress in ${place(state)}${inBrackets(facts)}, ${standing(state)}.`;
    case 'no_validator':
      return noValidator(facts);
    case 'invalid_config':
      return `Not started: ${ended(facts.reason ?? 'the options are invalid')}${advice(facts)}`;
    case 'error':
      return `Failed ${inPlace(state)}: ${ended(facts.reason ?? 'no reason is known')}${advice(facts)}`;
    case 'cancelled':
      return `Cancelled ${inPlace(state)}${inBrackets(facts)}.`;
    default:
      return status satisfies never;
  }
}

function warnings(status: FinalStatus, state: LoopState): string[] {
  const { validatorFilesChanged, protectedFilesChanged } = state;
  const start =
    status === 'passed'
      ? 'Validator passed, but files it depends on changed'
      : 'Files that the validator depends on changed';
  return [
    ...(validatorFilesChanged.length === 0 ? [] : [`${start}: ${nameList(validatorFilesChanged)}`]),
    ...(protectedFilesChanged.length === 0
      ? []
      : [`Protected files changed: ${nameList(protectedFilesChanged)}`]),
  ];
}

function usedUp(budget: NonNullable<FinalFacts['exhausted']>, state: LoopState): string {
  const { iterations, maxIterations, maxMinutes, maxTokens, elapsedMs } = state;
  switch (budget) {
    case 'max_iterations':
      return iterations.length > maxIterations
        ? `${countWords(iterations.length, 'iteration')} used, ${maxIterations} allowed`
        : `${iterations.length} of ${countWords(maxIterations, 'iteration')} used`;
    case 'max_minutes': {
      const limit = maxMinutes === null ? elapsedMs : maxMinutes * 60_000;
      return `the time of ${durationWords(limit)} is used up ${inPlace(state)}`;
    }
    case 'max_tokens': {
      const used = tokensUsed(state).toLocaleString('en');
      return `${used} of ${countWords(maxTokens ?? 0, 'token')} used ${inPlace(state)}`;
    }
    default:
      return budget satisfies never;
  }
}

/** What is known of the goal: what the validator said last, and whether that was after the agent's last work. */
function standing({ iterations, inProgress, lastFeedback, validator }: LoopState): string {
  if (validator === null || validator === 'none') return 'there was no validator';
  const isLatest = inProgress === null && iterations.at(-1)?.validatorExitCode !== null;
  if (isLatest && lastFeedback?.ended === 'timed-out') return 'the validator was ended before it was done';
  const exitCode = iterations.findLast((one) => one.validatorExitCode !== null)?.validatorExitCode ?? null;
  if (exitCode === null) return 'the validator has not run';
  // The loop goes on after a validator that passes only when files under protection are not as they were.
  if (exitCode === 0) return 'the validator passes only with protected files changed';
  const how = (isLatest ? lastFeedback?.signal : null) ?? null;
  return isLatest
    ? `the validator still fails (${how === null ? `exit code ${exitCode}` : `ended by ${how}`})`
    : `the validator failed when it ran last (exit code ${exitCode})`;
}

function noValidator({ candidates = [], hasTestScript = false }: FinalFacts): string {
  if (candidates.length === 0 && hasTestScript) {
    return (
      'Not started: nothing in this repository says how to validate it, but ' +
      'package.json has a test script: try --validator "npm test", or --validator none to go without.'
    );
  }
  const found =
    candidates.length === 0
      ? 'nothing in this repository says how to validate it'
      : `several commands could validate it: ${nameList(candidates.map(({ command }) => command))}`;
  return `Not started: ${found}. Choose with --validator "<command>", or --validator none to go without.`;
}

/** The iteration that was worked on last. */
function lastIteration({ iterations, inProgress }: LoopState): number {
  return inProgress?.n ?? iterations.at(-1)?.n ?? 0;
}

function place(state: LoopState): string {
  return iterationWords(lastIteration(state), state.maxIterations);
}

function inPlace(state: LoopState): string {
  return lastIteration(state) === 0 ? 'before the first iteration' : `in ${place(state)}`;
}

function inBrackets({ reason }: FinalFacts): string {
  return reason ? ` (${plainLine(reason, LONGEST_REASON)})` : '';
}

function advice({ advice: text }: FinalFacts): string {
  return text ? ` ${ended(text)}` : '';
}

/** As a sentence with a full stop. */
function ended(text: string): string {
  const line = plainLine(text, LONGEST_REASON);
  return /[.!?…]$/.test(line) ? line : `${line}.`;
}
