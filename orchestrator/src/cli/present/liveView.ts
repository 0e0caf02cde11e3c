import type { RunListener } from '../../run/events.ts';
import type { ConsoleListenerOptions } from './consoleListener.ts';
import { endLines, progressLines } from './consoleListener.ts';
import { loopBlock } from './loopBlock.ts';
import { printable } from './printable.ts';
import type { RunProgress, RunView, StageProgress } from './runProgress.ts';
import { applyEvent, emptyProgress, stageTree } from './runProgress.ts';
import { createStageOutput } from './stageOutput.ts';
import { stageTable, type StageTableOptions } from './stageTable.ts';
import { createTerminalFrame, frameHeight, frameWidth } from './terminalFrame.ts';

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const REDRAW_MS = 100;

export interface LiveView {
  listener: RunListener;
  /** Stops redrawing and leaves the last state on the screen. Safe to call again. */
  close: () => void;
}

/**
 * The stages of the run on a terminal, running ones with a spinner and the time so far. The lines turn into the
 * summary table at the end. The redraw timer never keeps the process alive.
 */
export function createLiveView(options: ConsoleListenerOptions): LiveView {
  const { stream, style, clock } = options;
  const progress = emptyProgress();
  const output = createStageOutput(progress, options);
  const frame = createTerminalFrame(stream);
  let timer: NodeJS.Timeout | null = null;

  const redraw = (): void => {
    const width = frameWidth(stream);
    const nowMs = clock();
    const spinner = SPINNER[Math.floor(nowMs / REDRAW_MS) % SPINNER.length] ?? '▸';
    const lines = ['', ...stageLines(progress, { style, width, nowMs, spinner })];
    frame.draw(fitHeight(lines, firstRunning(progress) + 1, frameHeight(stream)));
  };
  const close = (): void => {
    if (timer !== null) clearInterval(timer);
    timer = null;
  };

  const listener: RunListener = (event) => {
    applyEvent(progress, event, clock());
    const printed = output(event);
    if (printed.length > 0) frame.print(printed);
    // Both may come many times a second: the timer shows what they changed.
    if (event.type === 'stage:output' || event.type === 'loop:progress') return;
    if (event.type === 'run:completed' && event.depth === 0) {
      close();
      frame.draw([]);
      frame.print(endLines(progress, options, frameWidth(stream)));
      return;
    }
    const isSaid =
      event.type === 'warning' ||
      event.type === 'run:cancelling' ||
      event.type === 'stage:retrying' ||
      (event.type === 'run:started' && event.depth === 0);
    if (isSaid) frame.print(progressLines(progress, event, options));
    redraw();
    timer ??= setInterval(redraw, REDRAW_MS).unref();
  };
  return { listener, close };
}

/** A line per stage; a loop under way has a block. */
function stageLines(progress: RunProgress, options: StageTableOptions): string[] {
  const table = stageTable(progress, options);
  return [...stageTree(progress)].flatMap(({ run, stage }, index) =>
    stage.status === 'running' && stage.loop !== null
      ? blockOf(run, stage, stage.loop, options)
      : table.slice(index, index + 1),
  );
}

function blockOf(
  run: RunView,
  stage: StageProgress,
  { progress, atMs }: NonNullable<StageProgress['loop']>,
  { nowMs, ...options }: StageTableOptions,
): string[] {
  const sinceMs = progress.phase === 'ended' ? 0 : Math.max(0, nowMs - atMs);
  return loopBlock(progress, {
    ...options,
    name: '  '.repeat(run.depth) + printable(stage.id),
    elapsedMs: progress.elapsedMs + sinceMs,
  });
}

function firstRunning(progress: RunProgress): number {
  return Math.max(
    0,
    [...stageTree(progress)].findIndex(({ stage }) => stage.status === 'running' && stage.kind === 'command'),
  );
}

/** The part of the table around what is running, when the terminal is not high enough for all of it. */
function fitHeight(lines: string[], focus: number, height: number): string[] {
  if (lines.length <= height) return lines;
  const first = Math.min(Math.max(0, focus - 1), lines.length - height);
  return lines.slice(first, first + height);
}
