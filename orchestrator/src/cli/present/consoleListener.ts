import type { RunEvent, RunListener } from '../../run/events.ts';
import { formatDuration } from './duration.ts';
import { endingLines } from './endingLines.ts';
import { failureLines } from './failureLines.ts';
import type { OutputStream } from './outputStream.ts';
import { printable } from './printable.ts';
import { cancellingLine, count, headerLine, stageOutcome, warningLines } from './runLines.ts';
import type { RunProgress } from './runProgress.ts';
import { applyEvent, emptyProgress, findRun, findStage } from './runProgress.ts';
import { settledLook } from './settledLook.ts';
import { createStageOutput, type OutputMode } from './stageOutput.ts';
import { stageTable } from './stageTable.ts';
import type { Style } from './style.ts';

export interface ConsoleListenerOptions {
  stream: OutputStream;
  style: Style;
  version: string;
  /** Also every line of output, prefixed with its stage, and what agents do. */
  verbose: boolean;
  /** How output of stages that run side by side is shown. */
  output: OutputMode;
  /** Only warnings, failures and how the run ended. */
  quiet: boolean;
  /** Monotonic clock, ms. */
  clock: () => number;
}

/** Plain lines, each written once: for files, pipes and CI logs. */
export function createConsoleListener(options: ConsoleListenerOptions): RunListener {
  const { stream, quiet } = options;
  const progress = emptyProgress();
  const output = createStageOutput(progress, options);
  const write = (lines: readonly string[]): void => {
    if (lines.length > 0) stream.write(lines.map((line) => `${line}\n`).join(''));
  };

  return (event) => {
    applyEvent(progress, event, options.clock());
    if (event.type === 'run:completed') {
      if (event.depth === 0) write(endLines(progress, options));
      return;
    }
    write(output(event));
    if (quiet && event.type !== 'warning') return;
    write(progressLines(progress, event, options));
  };
}

/** Summary table, what failed, how it ended. */
export function endLines(
  progress: RunProgress,
  { style, verbose, quiet, clock }: Pick<ConsoleListenerOptions, 'style' | 'verbose' | 'quiet' | 'clock'>,
  width = Number.POSITIVE_INFINITY,
): string[] {
  const [run] = progress.runs;
  if (run === undefined) return [];
  const table = quiet
    ? []
    : ['', ...stageTable(progress, { style, width, nowMs: clock(), spinner: '▸' }), ''];
  const failures = run.end?.status === 'failed' ? failureLines(progress, style) : [];
  const ending = endingLines(progress, style, verbose);
  return [...table, ...failures.slice(quiet ? 0 : 1), ...(failures.length > 0 ? [''] : []), ...ending];
}

/** Lines for what just happened; also what the live view leaves above its frame. */
export function progressLines(
  progress: RunProgress,
  event: RunEvent,
  { style, version }: Pick<ConsoleListenerOptions, 'style' | 'version'>,
): string[] {
  switch (event.type) {
    case 'run:started': {
      const run = findRun(progress, event.runId);
      if (run === undefined) return [];
      if (event.depth === 0) return [headerLine(run, version, style)];
      const stages = count(run.stages.length, 'stage');
      return [`${'  '.repeat(event.depth)}${printable(run.pipelineId)}: ${stages}, run ${run.runId}`];
    }
    case 'stage:started':
      return event.attempt > 1 ? [] : [`${label(progress, event)}: started`];
    case 'stage:retrying': {
      const reason = printable(event.reason);
      return [`${label(progress, event)}: attempt ${event.attempt} of ${event.maxAttempts} (${reason})`];
    }
    case 'stage:completed': {
      const stage = findStage(progress, event);
      const outcome = stage === undefined ? '' : stageOutcome(stage);
      const words = [endWord(event, style), formatDuration(event.durationMs), outcome].filter(Boolean);
      return [`${label(progress, event)}: ${words.join(', ')}`];
    }
    case 'warning':
      return warningLines(event.message, style);
    case 'run:cancelling':
      return [cancellingLine(event.reason, event.graceMs, style)];
    case 'stage:output':
    case 'stage:child':
    case 'loop:progress':
    case 'run:completed':
      return [];
    default:
      return event satisfies never;
  }
}

function endWord(
  { kind, status, summary }: Extract<RunEvent, { type: 'stage:completed' }>,
  style: Style,
): string {
  if (status === 'pending' || status === 'running') return status;
  const { word, paint } = settledLook({ kind, status, summary }, style);
  return paint(word);
}

/** `[2/4] lint`, indented by depth. */
function label(
  progress: RunProgress,
  event: { runId: string; stageId: string; stageIndex: number; depth: number },
): string {
  const total = findRun(progress, event.runId)?.stages.length ?? event.stageIndex;
  return `${'  '.repeat(event.depth)}[${event.stageIndex}/${total}] ${printable(event.stageId)}`;
}
