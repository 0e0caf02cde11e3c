import { performance } from 'node:perf_hooks';
import type { RunListener } from '../../run/events.ts';
import { createConsoleListener } from './consoleListener.ts';
import { interactiveGate } from './interactiveGate.ts';
import { createLiveView } from './liveView.ts';
import type { OutputStream } from './outputStream.ts';
import type { OutputMode } from './stageOutput.ts';
import { createStyle } from './style.ts';

export interface PresenterOptions {
  format: 'text' | 'json';
  stdout: OutputStream;
  stderr: OutputStream;
  env: NodeJS.ProcessEnv;
  /** Version shown in the first line. */
  version: string;
  verbose?: boolean;
  /** Default `stream`. */
  output?: OutputMode | undefined;
  quiet?: boolean;
  /** `--interactive` is true, `--no-interactive` false, neither undefined: live wherever the terminal allows it. */
  interactive?: boolean | undefined;
  /** Monotonic clock, ms. */
  clock?: () => number;
}

export interface Presenter {
  listener: RunListener;
  mode: 'live' | 'plain' | 'silent';
  /** Stops everything that still draws. To be called on every way out; safe to call again. */
  close: () => void;
}

/**
 * Shows a run to a person: a live view on a terminal, else plain lines; on stdout, or on stderr when stdout
 * belongs to a JSON document. `--quiet` leaves only failures and the ending, in JSON mode nothing.
 */
export function createPresenter(options: PresenterOptions): Presenter {
  const {
    format,
    stdout,
    stderr,
    env,
    version,
    interactive,
    verbose = false,
    quiet = false,
    output = 'stream',
  } = options;
  const gate = interactiveGate({
    requested: interactive !== false,
    disabled: interactive === false,
    format,
    stdoutIsTty: stdout.isTTY === true,
    stderrIsTty: stderr.isTTY === true,
    env,
  });
  if (interactive === true && gate.reason !== null) stderr.write(`Live view is off: ${gate.reason}.\n`);
  if (format === 'json' && quiet) {
    return { listener: () => undefined, mode: 'silent', close: () => undefined };
  }
  const stream = format === 'json' ? stderr : stdout;
  const style = createStyle(stream, env);
  const clock = options.clock ?? ((): number => performance.now());
  const shared = { stream, style, version, verbose, quiet, output, clock };
  if (gate.enabled && !quiet) {
    const { listener, close } = createLiveView(shared);
    return { listener, mode: 'live', close };
  }
  return {
    listener: createConsoleListener(shared),
    mode: 'plain',
    close: () => undefined,
  };
}
