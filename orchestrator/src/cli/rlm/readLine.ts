import { createInterface } from 'node:readline';

/** The part of `process.stdin` that questions need. */
export interface QuestionInput extends NodeJS.ReadableStream {
  isTTY?: boolean;
  readableEnded?: boolean;
}

/** One line; null after Ctrl-C and at the end of the input. The terminal itself edits and echoes. */
export async function readLine(input: QuestionInput): Promise<string | null> {
  const lines = createInterface({ input, terminal: false });
  const stop = () => lines.close();
  process.once('SIGINT', stop);
  try {
    return await new Promise((resolve) => {
      lines.once('line', resolve);
      lines.once('close', () => resolve(null));
    });
  } finally {
    process.off('SIGINT', stop);
    lines.close();
  }
}
