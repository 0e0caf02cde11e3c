import { OutputFile } from '../../process/outputFile.ts';
import {
  type Cancellation,
  type CommandOutcome,
  type OutputSink,
  runCommand,
} from '../../process/runCommand.ts';
import type { Counted } from '../../storage/fileActivity.ts';
import type { ProcessIdentity } from '../../storage/processIdentity.ts';
import type { ValidatorFeedback } from './feedback.ts';
import { FeedbackCollector } from './feedbackCollector.ts';
import { lastLine } from './lastLine.ts';

export interface ValidatorRequest extends Counted {
  /** Shell text. */
  command: string;
  cwd: string;
  /** The whole environment; nothing is added. */
  env: NodeJS.ProcessEnv;
  /** Emptied first: of a run that was killed and is done again only the second one counts. */
  logPath: string;
  cancellation: Cancellation;
  /** Time between the polite signal and SIGKILL, ms. */
  graceMs: number;
  /** null: no limit. */
  timeoutMs: number | null;
  /** Told as soon as the process exists, and when it is over; never the one without the other. */
  onProcess(event: { kind: 'begin'; identity: ProcessIdentity } | { kind: 'end' }): void;
  /** Told the line that is printed at the moment, as often as output arrives. Foreign text without control characters. */
  onLine?(line: string): void;
}

export interface ValidatorRun {
  /** A signal, a timeout, a cancellation and anything unknown count as 1. */
  exitCode: number;
  /** `not-found`: it could not be started, or the shell said so with exit code 127. */
  ended: 'exited' | 'timed-out' | 'cancelled' | 'not-found';
  /** What killed it, when that was neither the time limit nor a cancellation: `SIGKILL`. */
  signal: string | null;
  durationMs: number;
  /** null when it passed. */
  feedback: ValidatorFeedback | null;
  /** Equal for two runs that fail in the same way; null when it passed. */
  signature: string | null;
}

/**
 * Runs the validator once, in a process group of its own, and streams its output to the log (RLM contract, sections 4
 * and 7): `[<timestamp>] $ <command>`, the output of both streams in the order of arrival, `[exit] <code>`. What it
 * leaves running is ended before this resolves.
 *
 * Never rejects for what the validator does. Rejects with the errno error that kept the log from being written, or with
 * what `onProcess` threw; the validator is ended first.
 */
export async function runValidator(request: ValidatorRequest): Promise<ValidatorRun> {
  const { command, cwd, env, graceMs, timeoutMs, cancellation } = request;
  const log = OutputFile.create(request.logPath, request.activity);
  const broken = new AbortController();
  log.onError = (error) => broken.abort(error);
  const collector = new FeedbackCollector();
  try {
    log.addLine(`[${new Date().toISOString()}] $ ${command.replaceAll('\n', String.raw`\n`)}`);
    const outcome = await runCommand({
      command: `${ONE_PIPE}${command}`,
      cwd,
      env,
      graceMs,
      gated: true,
      leavesNothing: true,
      ...(timeoutMs !== null && { timeoutMs }),
      output: outputTo(log, collector, request),
      cancellation: {
        signal: AbortSignal.any([cancellation.signal, broken.signal]),
        force: AbortSignal.any([cancellation.force, broken.signal]),
      },
      onSpawn: (identity) => attempt(broken, () => request.onProcess({ kind: 'begin', identity })),
    });
    if (outcome.pid !== null) attempt(broken, () => request.onProcess({ kind: 'end' }));
    broken.signal.throwIfAborted();
    const run = judged(outcome, collector);
    if (outcome.error !== null) log.addLine(`[${marker(outcome)}] ${outcome.error.message}`);
    if (run.signal !== null) log.addLine(`[signal] ${run.signal}`);
    log.addLine(`[exit] ${run.exitCode}`);
    return run;
  } finally {
    await log.close();
  }
}

/**
 * Between two pipes there is no order: what was said on stderr would come before or after what was printed around it.
 * On the same line, so that line numbers in messages of the shell stay right.
 */
const ONE_PIPE = 'exec 2>&1; ';

/** Exit code by which a shell says that there is no such command (POSIX, Shell Command Language, 2.8.2). */
const NOT_FOUND = 127;

function judged(outcome: CommandOutcome, collector: FeedbackCollector): ValidatorRun {
  const { durationMs } = outcome;
  const exitCode = outcome.ended === 'exited' ? (outcome.exitCode ?? 1) : 1;
  const notFound = outcome.ended === 'not-started' || exitCode === NOT_FOUND;
  if (exitCode === 0) {
    return { exitCode, ended: 'exited', signal: null, durationMs, feedback: null, signature: null };
  }
  const signal = outcome.ended === 'exited' ? outcome.signal : null;
  const ended = outcome.ended === 'not-started' ? 'exited' : outcome.ended;
  const { signature, ...output } = collector.finish();
  return {
    exitCode,
    ended: notFound ? 'not-found' : ended,
    signal,
    durationMs,
    feedback: { exitCode, ended, signal, ...output },
    signature: `${signal ?? ended}-${exitCode}-${signature}`,
  };
}

function outputTo(log: OutputFile, collector: FeedbackCollector, request: ValidatorRequest): OutputSink {
  const sink: OutputSink = {
    onDrain: null,
    write(stream, chunk) {
      collector.push(stream, chunk);
      const line = request.onLine === undefined ? null : lastLine(chunk);
      if (line !== null) request.onLine?.(line);
      return log.write(stream, chunk);
    },
  };
  log.onDrain = () => sink.onDrain?.();
  return sink;
}

/** Thrown from within a running command, an error would leave it with nobody to look after it. */
function attempt(broken: AbortController, action: () => void): void {
  try {
    action();
  } catch (error) {
    broken.abort(error);
  }
}

function marker(outcome: CommandOutcome): string {
  return outcome.ended === 'not-started' ? 'spawn-error' : 'read-error';
}
