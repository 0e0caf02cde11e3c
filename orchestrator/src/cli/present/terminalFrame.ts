import { cellWidth } from './cells.ts';
import type { OutputStream } from './outputStream.ts';

/** A block of lines at the bottom of a terminal that is replaced in place. */
export interface TerminalFrame {
  /** Replaces the block. Lines must not be wider than {@link frameWidth}. */
  draw(lines: readonly string[]): void;
  /** Writes text that stays, above the block. */
  print(lines: readonly string[]): void;
}

const DEFAULT_COLUMNS = 80;
const DEFAULT_ROWS = 24;

/**
 * The cursor waits at the start of the line below the block and is never hidden: no way of dying, SIGKILL
 * included, leaves a terminal without one. Every change is one write, so a redraw does not flicker.
 */
export function createTerminalFrame(stream: OutputStream): TerminalFrame {
  let shown: readonly string[] = [];

  /** After the window became narrower the terminal has wrapped the old lines: they take more rows than lines. */
  const erase = (): string => {
    const columns = columnsOf(stream);
    const rows = shown.reduce((sum, line) => sum + Math.max(1, Math.ceil(cellWidth(line) / columns)), 0);
    return rows === 0 ? '' : `\r\u001b[${rows}A\u001b[J`;
  };
  const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

  return {
    draw(lines) {
      if (lines.length === shown.length && lines.every((line, index) => line === shown[index])) return;
      stream.write(erase() + text(lines));
      shown = lines;
    },
    print(lines) {
      stream.write(erase() + text(lines) + text(shown));
    },
  };
}

/** Cells a line of a frame may take: one less than the terminal has, so that it never wraps by itself. */
export function frameWidth(stream: OutputStream): number {
  return Math.max(1, columnsOf(stream) - 1);
}

/** Lines a frame may have: what scrolled off the top could not be erased. */
export function frameHeight(stream: OutputStream): number {
  return Math.max(1, (stream.rows || DEFAULT_ROWS) - 1);
}

/** A terminal that was never given a size says that it has 0 columns. */
function columnsOf(stream: OutputStream): number {
  return stream.columns || DEFAULT_COLUMNS;
}
