import type { OutputSink, OutputStream } from '../../src/process/outputSink.ts';

/** A sink that keeps everything, for commands that print little. */
export interface CollectingSink extends OutputSink {
  text(stream?: OutputStream): string;
}

export function collectingSink(): CollectingSink {
  const chunks: { stream: OutputStream; chunk: Buffer }[] = [];
  return {
    onDrain: null,
    write: (stream, chunk) => {
      chunks.push({ stream, chunk });
      return true;
    },
    text: (stream) => {
      const wanted = chunks.filter((piece) => stream === undefined || piece.stream === stream);
      return Buffer.concat(wanted.map((piece) => piece.chunk)).toString('utf8');
    },
  };
}
