import fs from 'node:fs';
import {
  runCommand,
  type Cancellation,
  type Command,
  type CommandOutcome,
} from '../../process/runCommand.ts';
import type { ProcessIdentity } from '../../storage/processIdentity.ts';
import type { AgentAdapter, AgentCall, AgentNews, AgentReport } from './adapter.ts';
import type { AgentLog } from './agentLog.ts';
import { watchAgent } from './agentWatch.ts';

/** What every process of one call of the agent has in common. */
export interface AttemptSettings {
  adapter: AgentAdapter;
  call: AgentCall;
  /** 1-based. */
  iteration: number;
  /** What the agent reads from standard input. */
  promptFile: string;
  cwd: string;
  /** The whole environment of the agent. */
  env: NodeJS.ProcessEnv;
  log: AgentLog;
  cancellation: Cancellation;
  /** Time between the polite signal and SIGKILL, in ms. */
  graceMs: number;
  /** How long an agent that has answered may take to exit, in ms; then it is ended, and counts as done. */
  answerGraceMs: number;
  /** Tokens that the call may use; beyond, it is ended. Default, and null: no limit. */
  maxTokens?: number | null;
  onProcess(event: { kind: 'begin'; identity: ProcessIdentity } | { kind: 'end' }): void;
  onNews(news: AgentNews): void;
}

export interface AttemptRequest extends AttemptSettings {
  /** 1 for the first try. */
  attempt: number;
  /** null: no limit. */
  timeoutMs: number | null;
  /** Used by earlier attempts. */
  tokensBefore: number;
}

export interface AttemptResult {
  outcome: CommandOutcome;
  /** What brought the process to its end. */
  ended: CommandOutcome['ended'] | 'answered' | 'out-of-tokens';
  report: AgentReport;
  /** The last 64 KiB of its standard error. */
  stderr: string;
}

/**
 * Runs the agent once: prompt on standard input, all that it prints into the log, its news passed on. What it leaves
 * running is ended before this resolves.
 *
 * @throws the errno error by which the prompt could not be read or the log not be written, or what `onProcess` or
 * `onNews` threw; the process is ended first.
 */
export async function runAttempt(request: AttemptRequest): Promise<AttemptResult> {
  const { adapter, log, cancellation, timeoutMs } = request;
  const command = adapter.invocation(request.call);
  const reader = adapter.createReader();
  const ending = new AbortController();
  const stop = AbortSignal.any([cancellation.signal, ending.signal]);
  const end = (reason: unknown): void => ending.abort(reason);
  const { tokensBefore, maxTokens = null, answerGraceMs } = request;
  const watch = watchAgent({
    reader,
    tokensBefore,
    maxTokens,
    answerGraceMs,
    onNews: (news) => request.onNews(news),
    end,
  });

  const stdin = fs.openSync(request.promptFile, 'r');
  log.onError = end;
  let begun = false;
  let outcome: CommandOutcome;
  try {
    log.beginCall({
      iteration: request.iteration,
      role: request.call.role,
      attempt: request.attempt,
      command: wordsOf(command),
      onLine: (line) => watch.take(line),
    });
    outcome = await runCommand({
      command,
      cwd: request.cwd,
      env: request.env,
      stdin,
      output: log,
      cancellation: { signal: stop, force: cancellation.force },
      graceMs: request.graceMs,
      gated: true,
      leavesNothing: true,
      ...(timeoutMs !== null && { timeoutMs }),
      onSpawn(identity) {
        begun = true;
        try {
          request.onProcess({ kind: 'begin', identity });
        } catch (error) {
          // Thrown from here, it would leave the agent running with nobody to look after it.
          end(error);
        }
      },
    });
  } finally {
    fs.closeSync(stdin);
    watch.stop();
    log.onError = null;
    if (begun) request.onProcess({ kind: 'end' });
  }
  const ended = outcome.ended === 'cancelled' ? reasonOf(stop.reason) : outcome.ended;
  const { exitCode, signal, durationMs, error } = outcome;
  const exit = { exitCode, signal, ended, durationMs, ...(error !== null && { error: error.message }) };
  const { stderrTail } = await log.endCall(exit);
  if (isOwnFailure(ending.signal)) throw ending.signal.reason;
  return { outcome, ended, report: reader.report(), stderr: stderrTail };
}

/** The agent was ended for its own sake, not because something of ours had failed. */
function reasonOf(reason: unknown): AttemptResult['ended'] {
  return reason === 'answered' || reason === 'out-of-tokens' ? reason : 'cancelled';
}

function isOwnFailure({ aborted, reason }: AbortSignal): boolean {
  return aborted && reason !== 'answered' && reason !== 'out-of-tokens';
}

function wordsOf(command: Command): string[] {
  return typeof command === 'string' ? ['/bin/sh', '-c', command] : [command.file, ...command.args];
}
