import { Writable } from 'node:stream';
import { errorCode } from '../../storage/errorCode.ts';
import { EXIT } from '../exitCodes.ts';
import type { OutputStream } from '../present/outputStream.ts';
import { onEndSignals } from '../signals.ts';

/** Somebody's wish that watching ends. */
export interface StopSignal {
  /** What the command line then ends with; null as long as nobody has asked. */
  readonly exitCode: number | null;
  /** Resolves when somebody asks. */
  asked: Promise<void>;
  /** Takes the handlers away again. */
  close(): void;
}

/**
 * Listens for signals as long as files are watched; a run that is going on has handlers of its own. It is a wish, too, when
 * nobody reads any more what is said on stdout (`| head`): such a run comes to its end, but nobody waits for another one.
 */
export function listenForStop(stdout: OutputStream): StopSignal {
  let exitCode: number | null = null;
  let resolveAsked = (): void => {};
  const asked = new Promise<void>((resolve) => {
    resolveAsked = resolve;
  });
  const ask = (code: number): void => {
    exitCode ??= code;
    resolveAsked();
  };
  const stopListening = onEndSignals((signal) => {
    ask(signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated);
  });
  const onError = (error: Error): void => {
    if (errorCode(error) === 'EPIPE') ask(EXIT.ok);
  };
  const output = stdout instanceof Writable ? stdout : null;
  output?.on('error', onError);
  return {
    get exitCode() {
      return exitCode;
    },
    asked,
    close() {
      stopListening();
      output?.off('error', onError);
    },
  };
}
