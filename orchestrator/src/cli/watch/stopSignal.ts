import { EXIT } from '../exitCodes.ts';

/** Somebody's wish that watching ends. */
export interface StopSignal {
  /** What the command line then ends with; null as long as nobody has asked. */
  readonly exitCode: number | null;
  /** Resolves when somebody asks. */
  asked: Promise<void>;
  /** Takes the handlers away again. */
  close(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Listens for signals as long as files are watched; a run that is going on has handlers of its own. */
export function listenForStop(): StopSignal {
  let exitCode: number | null = null;
  let close = (): void => {};
  const asked = new Promise<void>((resolve) => {
    const listeners = SIGNALS.map((signal) => {
      const listener = (): void => {
        exitCode ??= signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
        resolve();
      };
      process.on(signal, listener);
      return () => process.off(signal, listener);
    });
    close = () => {
      for (const remove of listeners) remove();
    };
  });
  return {
    get exitCode() {
      return exitCode;
    },
    asked,
    close: () => close(),
  };
}
