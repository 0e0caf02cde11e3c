import { cellWidth, padCells } from './cells.ts';

export interface TableOptions {
  /** Columns whose cells are set flush right, by position. */
  right?: readonly number[];
  /** Put before every line. Default two spaces. */
  indent?: string;
}

/**
 * Lines of a table without borders: every column as wide as its widest cell, two spaces between, nothing behind
 * the last text of a line. Cells may be coloured.
 */
export function renderTable(rows: readonly (readonly string[])[], options: TableOptions = {}): string[] {
  const { right = [], indent = '  ' } = options;
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries())
      widths[column] = Math.max(widths[column] ?? 0, cellWidth(cell));
  }
  return rows.map((row) => {
    const cells = row.map((cell, column) =>
      padCells(cell, widths[column] ?? 0, right.includes(column) ? 'left' : 'right'),
    );
    return (indent + cells.join('  ')).trimEnd();
  });
}
