import { replaceFileSync } from '../../storage/replaceFile.ts';
import { buildPrompt } from '../prompt/buildPrompt.ts';
import type { AgentRole } from '../types.ts';
import type { LoopContext } from './loopContext.ts';
import type { IterationInProgress } from './loopState.ts';
import { promptInput, type PromptSubject } from './promptInput.ts';

/** How much of a goal that is too long for a message still stands in it, in UTF-16 code units. */
const GOAL_BEGINNING = 4_000;

/**
 * Writes the prompt of a call to its file and returns that file's path. A goal that the agent would not take because of
 * its length is put into a file of its own, which the prompt names. Throws errno errors.
 */
export function writePrompt(
  context: LoopContext,
  iteration: IterationInProgress,
  role: AgentRole,
  subject: PromptSubject,
): string {
  const { paths, adapter, request } = context;
  const options = { durable: false, activity: request.activity };
  const file = paths.prompt(iteration.n, role);
  const input = promptInput(context, iteration, role, subject);
  let prompt = buildPrompt(input);
  if (adapter.promptLimit !== undefined && prompt.length > adapter.promptLimit) {
    replaceFileSync(paths.goalPath, input.goal, options);
    prompt = buildPrompt({ ...input, goal: goalReference(input.goal, paths.goalPath) });
  }
  replaceFileSync(file, prompt, options);
  return file;
}

function goalReference(goal: string, goalPath: string): string {
  return [
    `The goal is too long for one message: it has ${goal.length.toLocaleString('en')} characters.`,
    `All of it stands in the file ${goalPath}. Read that file to its end before anything else. It begins:`,
    '',
    goal.slice(0, GOAL_BEGINNING),
  ].join('\n');
}
