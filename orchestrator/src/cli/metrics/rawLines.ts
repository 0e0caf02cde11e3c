import { createReadStream } from 'node:fs';
import { count, type FileActivity } from '../../storage/fileActivity.ts';

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * The lines of a file as bytes, without `\n` or `\r\n`, in bounded memory (one line and one read buffer). Bytes,
 * because a line is copied verbatim whatever it holds, while `node:readline` of Node 24 also breaks lines at U+2028.
 */
export async function* readRawLines(path: string, activity?: FileActivity): AsyncGenerator<Buffer> {
  const stream: AsyncIterable<Buffer> = createReadStream(path);
  let pieces: Buffer[] = [];
  for await (const chunk of stream) {
    count(activity?.reads, chunk);
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      yield joinLine(pieces, chunk.subarray(start, end));
      pieces = [];
      start = end + 1;
    }
    if (start < chunk.length) pieces.push(chunk.subarray(start));
  }
  if (pieces.length > 0) yield joinLine(pieces, Buffer.alloc(0));
}

/** Whether a line holds nothing but whitespace. */
export function isBlank(line: Buffer): boolean {
  return line.toString('utf8').trim() === '';
}

function joinLine(pieces: Buffer[], last: Buffer): Buffer {
  const line = pieces.length === 0 ? last : Buffer.concat([...pieces, last]);
  return line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
}
