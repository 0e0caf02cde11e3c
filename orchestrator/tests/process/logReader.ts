import * as z from 'zod';
import type { OutputStream } from '../../src/process/outputSink.ts';
import { readJsonLinesFile } from '../support/jsonLinesFile.ts';

const Chunk = z.strictObject({
  type: z.literal('exec:chunk'),
  correlation_id: z.string(),
  attempt: z.number(),
  stream: z.enum(['stdout', 'stderr']),
  sequence: z.number(),
  bytes: z.number(),
  data: z.string(),
  base64: z.string().optional(),
  timestamp: z.iso.datetime({ precision: 3 }),
  index: z.number(),
});

/** One `exec:chunk` line of a stage log. */
export type ChunkLine = z.infer<typeof Chunk>;

/** All `exec:chunk` lines of a stage log, checked for their shape. */
export async function readChunks(file: string): Promise<ChunkLine[]> {
  const { lines } = await readJsonLinesFile(file);
  return lines.filter((line) => line['type'] === 'exec:chunk').map((line) => Chunk.parse(line));
}

/** The exact bytes of a chunk, as `docs` tell readers to get them. */
export function rawBytes(chunk: ChunkLine): Buffer {
  return chunk.base64 === undefined ? Buffer.from(chunk.data) : Buffer.from(chunk.base64, 'base64');
}

/** Everything a stream printed. */
export function streamBytes(chunks: ChunkLine[], stream: OutputStream): Buffer {
  return Buffer.concat(chunks.filter((chunk) => chunk.stream === stream).map(rawBytes));
}
