import { readStageOutput } from '../../run/readStageOutput.ts';

const NEWLINE = 0x0a;

/**
 * How many lines of output a stage log holds now; a last one without newline counts. Counting first and reading
 * again keeps `--tail` in bounded memory however long the lines are.
 */
export async function countLines(file: string, stream: 'stdout' | 'stderr' | undefined): Promise<number> {
  let lines = 0;
  let last = NEWLINE;
  for await (const item of readStageOutput(file)) {
    if (item.kind !== 'output' || (stream !== undefined && item.stream !== stream)) continue;
    const { bytes } = item;
    for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) lines += 1;
    last = bytes.at(-1) ?? last;
  }
  return last === NEWLINE ? lines : lines + 1;
}

/** Drops the first `count` lines of what it is given piece by piece, and returns what is left of each piece. */
export function createLineSkipper(count: number): (bytes: Buffer) => Buffer {
  let left = count;
  return (bytes) => {
    let from = 0;
    while (left > 0) {
      const end = bytes.indexOf(NEWLINE, from);
      if (end === -1) return bytes.subarray(bytes.length);
      left -= 1;
      from = end + 1;
    }
    return bytes.subarray(from);
  };
}
