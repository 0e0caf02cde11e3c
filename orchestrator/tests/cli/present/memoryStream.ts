import type { OutputStream } from '../../../src/cli/present/outputStream.ts';

/** A stream that keeps what is written to it. */
export interface MemoryStream extends OutputStream {
  text: () => string;
  isTTY: boolean;
  columns: number;
  rows: number;
}

export function memoryStream(
  facts: Partial<Pick<MemoryStream, 'isTTY' | 'columns' | 'rows'>> = {},
): MemoryStream {
  const chunks: string[] = [];
  return {
    isTTY: facts.isTTY ?? false,
    columns: facts.columns ?? 80,
    rows: facts.rows ?? 24,
    write: (data) => void chunks.push(typeof data === 'string' ? data : Buffer.from(data).toString()),
    text: () => chunks.join(''),
  };
}
