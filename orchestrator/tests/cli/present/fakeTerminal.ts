import { cellWidth } from '../../../src/cli/present/cells.ts';
import type { OutputStream } from '../../../src/cli/present/outputStream.ts';

/** A terminal of a few rows that understands what the live view uses: newline, return, cursor up, erase below. */
export interface FakeTerminal extends OutputStream {
  /** What is on the screen and above it, as rows without trailing blank ones. */
  screen: () => string[];
  /** A narrower window wraps what is on it, as most terminals do. */
  resize: (columns: number) => void;
  writes: () => number;
}

export function fakeTerminal(size: { columns: number; rows: number }): FakeTerminal {
  let columns = size.columns;
  let rows: string[] = [''];
  let row = 0;
  let writes = 0;

  const put = (text: string): void => {
    for (const character of text) {
      if (cellWidth(rows[row] ?? '') + cellWidth(character) > columns) newline();
      rows[row] = (rows[row] ?? '') + character;
    }
  };
  const newline = (): void => {
    row += 1;
    rows[row] ??= '';
  };
  const up = (count: number): void => {
    const top = Math.max(0, rows.length - size.rows);
    row = Math.max(top, row - count);
  };

  return {
    isTTY: true,
    get columns() {
      return columns;
    },
    rows: size.rows,
    write(data) {
      writes += 1;
      // oxlint-disable-next-line no-control-regex -- a terminal reads control characters
      const tokens = String(data).match(/\u001b\[[\d;]*[A-Za-z]|\n|\r|[^\u001b\n\r]+/g) ?? [];
      for (const token of tokens) {
        // oxlint-disable-next-line no-control-regex -- as above
        const [, digits, letter] = /^\u001b\[([\d;]*)([A-Za-z])$/.exec(token) ?? [];
        if (token === '\n') newline();
        else if (letter === 'A') up(Number(digits));
        else if (letter === 'J') rows = [...rows.slice(0, row), ''];
        else if (letter === undefined && token !== '\r') put(token);
      }
    },
    resize(narrower) {
      columns = narrower;
      rows = rows.flatMap((line) => wrap(line, narrower));
      row = rows.length - 1;
    },
    screen() {
      const lines = rows.map((line) => line.trimEnd());
      while (lines.at(-1) === '') lines.pop();
      return lines;
    },
    writes: () => writes,
  };
}

function wrap(line: string, columns: number): string[] {
  const parts: string[] = [];
  for (let at = 0; at < line.length; at += columns) parts.push(line.slice(at, at + columns));
  return parts.length === 0 ? [''] : parts;
}
