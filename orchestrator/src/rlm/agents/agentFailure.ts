import type { CommandOutcome } from '../../process/runCommand.ts';
import type { AgentReport } from './adapter.ts';
import { failureAdvice } from './failureAdvice.ts';
import { type FailureKind, failureKind } from './failureKind.ts';
import { ownWords } from './ownWords.ts';
import { actionText } from './shortText.ts';

/** Why a call of the agent came to nothing. */
export interface AgentFailure {
  kind: FailureKind;
  /** One line: the agent's own words, else how its process ended. */
  reason: string;
  /** What its user can do about it; null when that is not known. */
  advice: string | null;
}

export interface AgentFailureInput {
  /** How its process ended by itself; one that we have ended says nothing of the agent. */
  outcome: CommandOutcome;
  report: AgentReport;
  /** The end of what it printed to standard error. */
  stderr: string;
  /** Name of the agent, as `codex`. */
  agent: string;
  /** What was to be started. */
  program: string;
}

/** What went wrong in a call of the agent; null when it answered, or exited with 0 and told of no failure. */
export function classifyAgentFailure(input: AgentFailureInput): AgentFailure | null {
  const { outcome, report, agent, program } = input;
  if (outcome.ended === 'not-started') {
    const kind = NO_PROGRAM.has(outcome.error?.code ?? '') ? 'missing' : 'other';
    const reason = actionText(outcome.error?.message ?? `${program} was not started`);
    return { kind, reason, advice: failureAdvice({ kind, reason, agent }) };
  }
  if (report.answered || (report.failure === null && outcome.exitCode === 0)) return null;
  const said = ownWords(report.failure, input.stderr);
  // A program that complains on standard output has said nothing else.
  const words = said.line === '' ? ownWords(null, report.message) : said;
  const kind = failureKind(words.all);
  const reason = actionText(report.failure === null ? withExit(words.line, outcome) : words.line);
  return { kind, reason, advice: failureAdvice({ kind, reason: words.line, agent }) };
}

/** Codes of a spawn that failed because of the program, not because of where it was to run. */
const NO_PROGRAM = new Set(['command-not-found', 'EACCES', 'ENOEXEC']);

function withExit(line: string, { exitCode, signal }: CommandOutcome): string {
  const exit = signal === null ? `exit code ${exitCode ?? 'unknown'}` : `ended by ${signal}`;
  return line === '' ? exit : `${exit}: ${line}`;
}
