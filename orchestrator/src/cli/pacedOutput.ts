import { Writable } from 'node:stream';
import { errorCode } from '../storage/errorCode.ts';
import type { OutputStream } from './present/outputStream.ts';

/** A stream for much output: nothing is piled up in memory, and it shows when its reader has left. */
export interface PacedOutput {
  /** False once nobody reads any more; what is written then is dropped. */
  readonly isOpen: boolean;
  /** Resolves when the stream can take more. Rejects when it failed for another reason than a reader that left. */
  write(data: string | Uint8Array): Promise<void>;
}

/** Wraps stdout or stderr. A stream of another kind than Node's own gets everything at once. */
export function pacedOutput(stream: OutputStream): PacedOutput {
  if (!(stream instanceof Writable)) {
    return {
      isOpen: true,
      write: async (data) => void stream.write(data),
    };
  }
  const output: Writable = stream;
  let isOpen = true;
  let failure: Error | null = null;
  // The stream does not remember: Node takes stdout and stderr back into use after an error.
  output.on('error', (error: Error) => {
    isOpen = false;
    if (errorCode(error) !== 'EPIPE') failure ??= error;
  });
  output.on('close', () => {
    isOpen = false;
  });
  return {
    get isOpen() {
      return isOpen;
    },
    async write(data) {
      if (isOpen && !output.write(data)) await roomAgain(output);
      if (failure !== null) throw failure;
    },
  };
}

/** Resolves when the stream has drained, or never will. */
function roomAgain(output: Writable): Promise<void> {
  return new Promise((resolve) => {
    const events = ['drain', 'error', 'close'];
    const settle = (): void => {
      for (const event of events) output.off(event, settle);
      resolve();
    };
    for (const event of events) output.on(event, settle);
  });
}
