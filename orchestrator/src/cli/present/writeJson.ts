import type { OutputStream } from './outputStream.ts';

/** Prints one JSON document: two spaces of indentation and a newline at its end. */
export function writeJson(stream: OutputStream, document: unknown): void {
  stream.write(`${JSON.stringify(document, null, 2)}\n`);
}
