import type { RunListener } from '../../run/events.ts';
import type { ConsoleListenerOptions } from './consoleListener.ts';
import { endLines, progressLines } from './consoleListener.ts';
import { createOutputPrefixer } from './outputPrefixer.ts';
import type { RunProgress } from './runProgress.ts';
import { applyEvent, emptyProgress, stageTree } from './runProgress.ts';
import { stageTable } from './stageTable.ts';
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
  const { stream, style, verbose, clock } = options;
  const progress = emptyProgress();
  const prefixer = createOutputPrefixer();
  const frame = createTerminalFrame(stream);
  let timer: NodeJS.Timeout | null = null;

  const redraw = (): void => {
    const width = frameWidth(stream);
    const nowMs = clock();
    const spinner = SPINNER[Math.floor(nowMs / REDRAW_MS) % SPINNER.length] ?? '▸';
    const lines = ['', ...stageTable(progress, { style, width, nowMs, spinner })];
    frame.draw(fitHeight(lines, firstRunning(progress) + 1, frameHeight(stream)));
  };
  const close = (): void => {
    if (timer !== null) clearInterval(timer);
    timer = null;
  };

  const listener: RunListener = (event) => {
    applyEvent(progress, event, clock());
    if (event.type === 'stage:output') {
      const lines = verbose ? prefixer.lines(event) : [];
      if (lines.length > 0) frame.print(lines);
      return;
    }
    if (event.type === 'run:completed' && event.depth === 0) {
      close();
      frame.draw([]);
      frame.print(endLines(progress, options, frameWidth(stream)));
      return;
    }
    if (event.type === 'stage:completed' && verbose) frame.print(prefixer.end(event));
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
