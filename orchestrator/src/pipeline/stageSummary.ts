import { stripVTControlCharacters } from 'node:util';
import type { CommandOutcome } from '../process/runCommand.ts';

/** Longest part of a stage's output in a summary, in UTF-16 code units (artifact contract, section 3.1). */
const MAX_OUTPUT = 240;

const FLAKY_START = 'Passed on attempt';

export interface SummaryInput {
  hint: string | undefined;
  outcome: CommandOutcome;
  stdout: string;
  stderr: string;
  cancelCause: string | null;
  timeoutMs: number | undefined;
  attempt: number;
  maxAttempts: number;
  /** Absolute path of the repository, which output is told without. */
  repoRoot: string;
}

/**
 * One line about how a stage ended. A stage that was cut short says so before anything else; then the contract's
 * order: hint, signal, exit code, standard output, standard error, generic text.
 */
export function stageSummary(input: SummaryInput): string {
  const text = endText(input);
  if (input.attempt > 1 && input.outcome.exitCode === 0) {
    return `${FLAKY_START} ${input.attempt} of ${input.maxAttempts} (flaky). ${text}`;
  }
  if (input.maxAttempts > 1 && input.outcome.exitCode !== 0) {
    return `${text} (attempt ${input.attempt} of ${input.maxAttempts})`;
  }
  return text;
}

/** True for the summary of a stage that passed after a failed attempt. */
export function isFlakySummary(summary: string | null): boolean {
  return summary?.startsWith(FLAKY_START) === true;
}

function endText(input: SummaryInput): string {
  const { outcome, hint } = input;
  const clip = (output: string) => excerpt(output, input.repoRoot);
  const stderr = clip(input.stderr);
  const withStderr = (text: string) => (stderr === '' ? text : `${text}: ${stderr}`);
  if (outcome.ended === 'not-started' && outcome.error !== null)
    return `Execution error: ${outcome.error.message}`;
  if (outcome.ended === 'cancelled') return `Cancelled (${input.cancelCause ?? 'run ended'})`;
  if (outcome.ended === 'timed-out') {
    return withStderr(`Timed out after ${(input.timeoutMs ?? 0) / 1_000} s`);
  }
  if (hint !== undefined && hint !== '') return hint;
  if (outcome.signal !== null) return withStderr(`Ended by signal ${outcome.signal}`);
  if (outcome.exitCode !== 0) return withStderr(`Exited with code ${outcome.exitCode}`);
  return clip(input.stdout) || stderr || 'Completed without output';
}

/** Summaries are read in manifests and kept: neither colours nor the place of this checkout mean anything there. */
function excerpt(output: string, repoRoot: string): string {
  if (output === '') return '';
  const plain = stripVTControlCharacters(output).trim();
  const bareRoot = new RegExp(
    `${repoRoot.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)}(?![\\w.-])`,
    'g',
  );
  const text = plain.replaceAll(`${repoRoot}/`, '').replaceAll(bareRoot, '.');
  return text.length > MAX_OUTPUT ? `${text.slice(0, MAX_OUTPUT)}…` : text;
}
