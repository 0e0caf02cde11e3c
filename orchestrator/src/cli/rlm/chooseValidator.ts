import { FailureError } from '../../failure.ts';
import type { ValidatorCandidate, ValidatorDetection } from '../../rlm/options/detectValidator.ts';
import { isTruthy } from '../../rlm/options/isTruthy.ts';
import type { CliContext } from '../context.ts';
import { validatorQuestion } from '../present/validatorQuestion.ts';
import { readLine, type QuestionInput } from './readLine.ts';

/** Any of these says that nobody answers (RLM contract, section 2). */
const SILENT_VARIABLES = [
  'CI',
  'CODEX_REVIEW_NON_INTERACTIVE',
  'CODEX_NON_INTERACTIVE',
  'CODEX_NONINTERACTIVE',
  'CODEX_NO_INTERACTIVE',
];

/** Whether somebody sits at the terminal. A standard input that was read to its end, as a goal, answers no more. */
export function isInteractive(
  env: NodeJS.ProcessEnv,
  stdin: Pick<QuestionInput, 'isTTY' | 'readableEnded'>,
): boolean {
  if (stdin.isTTY !== true || stdin.readableEnded === true) return false;
  return !SILENT_VARIABLES.some((name) => isTruthy(env[name]));
}

/**
 * Asks on the terminal for the validator (RLM contract, section 3). Resolves with a command or `none`. No answer, by
 * Ctrl-C or the end of the input, is not taken for "none": such a loop would work until its budget is used up.
 *
 * @throws FailureError `no-such-choice`, `not-chosen`.
 */
export async function chooseValidator(
  detection: Exclude<ValidatorDetection, { kind: 'selected' }>,
  { stderr }: Pick<CliContext, 'stderr'>,
  stdin: QuestionInput = process.stdin,
): Promise<string> {
  stderr.write(validatorQuestion(detection));
  const answer = (await readLine(stdin))?.trim();
  if (answer === undefined) {
    // The cursor still stands behind the question.
    stderr.write('\n');
    throw new FailureError({ kind: 'not-chosen', subject: 'validator' });
  }
  if (answer === '' || answer.toLowerCase() === 'none') return 'none';
  return detection.kind === 'missing' ? answer : candidateFor(answer, detection.candidates);
}

function candidateFor(answer: string, candidates: readonly ValidatorCandidate[]): string {
  if (answer.toLowerCase() === 'n') return 'none';
  const chosen = /^\d{1,9}$/.test(answer) ? candidates[Number(answer) - 1] : undefined;
  if (chosen === undefined) {
    throw new FailureError({ kind: 'no-such-choice', answer, count: candidates.length });
  }
  return chosen.command;
}
