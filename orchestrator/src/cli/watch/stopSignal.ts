import { EXIT } from '../exitCodes.ts';
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

/** Listens for signals as long as files are watched; a run that is going on has handlers of its own. */
export function listenForStop(): StopSignal {
  let exitCode: number | null = null;
  let close = (): void => {};
  const asked = new Promise<void>((resolve) => {
    close = onEndSignals((signal) => {
      exitCode ??= signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
      resolve();
    });
  });
  return {
    get exitCode() {
      return exitCode;
    },
    asked,
    close: () => close(),
  };
}
