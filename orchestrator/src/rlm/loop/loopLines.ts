import type { PromptNotice } from '../prompt/promptInput.ts';
import { tokensUsed } from './budget.ts';
import type { LoopState } from './loopState.ts';
import { countWords, durationWords, iterationWords, nameList, plainLine } from './loopWords.ts';

/** What is said at the start of a loop beyond its state. */
export interface LoopStart {
  state: LoopState;
  /** Name of the agent, for people. */
  adapter: { name: string };
  /** Shell text; null: none. */
  validator: string | null;
  /** Why it was chosen; null when it was asked for. */
  reason: string | null;
  workspace: { withoutCheckpoints: string | null };
  /** It goes on with what an earlier attempt of the run began. */
  resumed: boolean;
}

/** What the loop says before its first iteration: what it is for, and its limits. */
export function startLines({ state, adapter, validator, reason, workspace, resumed }: LoopStart): string[] {
  const why = reason === null ? '' : ` (${plainLine(reason)})`;
  const agent = state.roles === 'triad' ? ', three calls: planner, critic, reviser' : '';
  return [
    `Goal: ${plainLine(state.goal)}`,
    validator === null
      ? 'Validator: none, so the loop ends with its budget and nothing will prove the goal'
      : `Validator: ${plainLine(validator)}${why}`,
    `Agent: ${plainLine(adapter.name)}${agent}`,
    `Budget: ${budgetWords(state)}`,
    ...checkpointLine(workspace.withoutCheckpoints),
    ...(resumed ? [resumedLine(state)] : []),
  ];
}

/** Said of globs that protect nothing as yet: most likely they are not what was meant. */
export function unmatchedLines(globs: readonly string[]): string[] {
  return globs.map((glob) => `warning: --protect ${JSON.stringify(plainLine(glob))} matches no file`);
}

function checkpointLine(why: string | null): string[] {
  if (why === null) return [];
  const reason = /not a git repository/.test(why) ? 'this folder is in no git repository' : plainLine(why);
  return [`No checkpoints: ${reason}`];
}

/** Why a resumed loop ends at once, and what to do about it. */
export function spentLine(budget: 'max_iterations' | 'max_minutes' | 'max_tokens'): string[] {
  const flag = `--${budget.replace('_', '-')}`;
  return [`Nothing is left of the budget. Give it more with \`codex-orchestrator resume ${flag} <number>\``];
}

/** The heading of an iteration; `max` 0 stands for no limit. */
export function iterationLine(n: number, max: number): string[] {
  const words = iterationWords(n, max);
  return [words.charAt(0).toUpperCase() + words.slice(1)];
}

/** What is said aloud of the notices that the next prompt has; some were said already when they happened. */
export function noticeLines(notices: readonly PromptNotice[]): string[] {
  return notices.flatMap((notice) => {
    switch (notice.kind) {
      case 'no-progress':
        return [`  no progress: files and failure are the same as one iteration before; ${LAST_CHANCE}`];
      case 'oscillation':
        return [`  going in circles: the last iterations took turns between two states; ${LAST_CHANCE}`];
      case 'validator-changed':
        return [`  warning: files that the validator depends on have changed: ${nameList(notice.files)}`];
      case 'protected-changed':
        return [
          `  warning: protected files have changed, so nothing counts as passed: ${nameList(notice.files)}`,
        ];
      case 'agent-cut':
      case 'resumed':
        return [];
      default:
        return notice satisfies never;
    }
  });
}

const LAST_CHANCE = 'the agent is told, and the loop ends if that does not help';

/** `88 iterations, 48 h`. */
function budgetWords({ maxIterations, maxMinutes, iterationMinutes, maxTokens }: LoopState): string {
  return [
    maxIterations === 0 ? 'any number of iterations' : countWords(maxIterations, 'iteration'),
    maxMinutes === null ? 'no limit of time' : durationWords(maxMinutes * 60_000),
    ...(iterationMinutes === null
      ? []
      : [`${durationWords(iterationMinutes * 60_000)} each for the agent and the validator of an iteration`]),
    ...(maxTokens === null ? [] : [countWords(maxTokens, 'token')]),
  ].join(', ');
}

/** An iteration that was interrupted is gone on with, not begun anew. */
function resumedLine(state: LoopState): string {
  const { iterations, inProgress, maxIterations, elapsedMs } = state;
  const used = `${durationWords(elapsedMs)} and ${countWords(tokensUsed(state), 'token')} used before`;
  if (inProgress === null && isSpent(state)) {
    return `Resumed after ${iterationWords(iterations.length, maxIterations)}, ${used}`;
  }
  return `Resumed at ${iterationWords(inProgress?.n ?? iterations.length + 1, maxIterations)}, ${used}`;
}

/** Whether a budget has nothing left for another iteration. */
function isSpent(state: LoopState): boolean {
  const { iterations, maxIterations, maxMinutes, maxTokens, elapsedMs } = state;
  return (
    (maxIterations !== 0 && iterations.length >= maxIterations) ||
    (maxMinutes !== null && elapsedMs >= maxMinutes * 60_000) ||
    (maxTokens !== null && tokensUsed(state) >= maxTokens)
  );
}
