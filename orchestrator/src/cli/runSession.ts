import type { Pipeline, PipelineConfig } from '../config/types.ts';
import { createCancellation, type RunCancellation } from '../pipeline/cancellation.ts';
import type { RunResult } from '../pipeline/conductRun.ts';
import type { FailurePolicy } from '../pipeline/graph/schedule.ts';
import { createSlots } from '../pipeline/graph/slots.ts';
import type { RunSettings } from '../pipeline/runContext.ts';
import type { RawLoopOptions } from '../rlm/options/rawOptions.ts';
import { concurrencyOf } from './concurrency.ts';
import type { CliContext } from './context.ts';
import { EXIT } from './exitCodes.ts';
import { drainMetricsQueue } from './metrics/drainMetricsQueue.ts';
import { appendMetricsEntry } from './metrics/metricsRecorder.ts';
import { packageRoot } from './packageRoot.ts';
import { readLoop } from './readLoop.ts';
import { loopBuiltin, NO_LOOP_FLAGS } from './rlm/loopBuiltin.ts';
import { createPresenter } from './present/presenter.ts';
import type { OutputMode } from './present/stageOutput.ts';
import { runResultJson } from './present/runJson.ts';
import { writeJson } from './present/writeJson.ts';
import { cancelOnSignals } from './signals.ts';
import { stageCacheFor } from './stageCacheFor.ts';
import { VERSION } from '../version.ts';

/** Ms a stage gets between TERM and KILL unless `--grace` says otherwise. */
const DEFAULT_GRACE_MS = 5_000;

export interface SessionOptions {
  concurrency: number | undefined;
  onFailure: FailurePolicy | undefined;
  format: 'text' | 'json';
  interactive: boolean | undefined;
  graceMs: number | undefined;
  verbose: boolean;
  /** Given: shows the output of stages, as `verbose` does. */
  output: OutputMode | undefined;
  quiet: boolean;
  /** Every stage runs, and nothing is stored. */
  noCache?: boolean;
  /** Every stage runs, and its result replaces what is in the cache. */
  force?: boolean;
}

/** What runs in a session. */
interface SessionRun {
  config: PipelineConfig;
  pipeline: Pipeline;
  /** The switch that ends it; its own unless somebody else is to have a hand in it. */
  cancellation?: RunCancellation;
}

/**
 * Shows a run while `action` works on it, lets signals end it, and says at the end how it went. Resolves with the
 * exit code.
 */
export async function runSession(
  context: CliContext,
  options: SessionOptions,
  { config, pipeline, cancellation = createCancellation() }: SessionRun,
  action: (settings: RunSettings) => Promise<RunResult>,
  loopFlags: RawLoopOptions = NO_LOOP_FLAGS,
): Promise<number> {
  const { stdout, stderr, env } = context;
  const { format, interactive, verbose, quiet, output } = options;
  const presenter = createPresenter({
    format,
    stdout,
    stderr,
    env,
    version: VERSION,
    verbose: verbose || output !== undefined,
    quiet,
    output,
    interactive,
  });
  const stopListening = cancelOnSignals(cancellation);
  try {
    const result = await action({
      ...commonSettings(context, config, loopFlags),
      slots: createSlots(concurrencyOf(options.concurrency, env, pipeline, config)),
      onFailure: options.onFailure ?? 'finish',
      graceMs: options.graceMs ?? DEFAULT_GRACE_MS,
      cancellation,
      listener: presenter.listener,
      cache: await stageCacheFor(context, options, { config, pipeline }),
    });
    presenter.close();
    const exitCode = runExitCode(result);
    if (format === 'json') {
      const { manifest, durationMs, paths } = result;
      writeJson(stdout, runResultJson(manifest, { exitCode, durationMs, loop: await readLoop(paths) }));
    }
    return exitCode;
  } finally {
    presenter.close();
    stopListening();
  }
}

/** The settings that every run started by this command line has in common. */
export function commonSettings(
  context: CliContext,
  config: PipelineConfig,
  loopFlags: RawLoopOptions = NO_LOOP_FLAGS,
): Omit<RunSettings, 'cancellation' | 'listener'> {
  return {
    config,
    // A plain copy, since every stage copies it once more: reading `process.env` asks the system for each variable.
    processEnv: { ...context.env },
    startDirectory: context.cwd,
    packageRoot: packageRoot(),
    record: appendMetricsEntry,
    drain: drainMetricsQueue,
    builtins: { rlm: loopBuiltin(loopFlags, config.rlm) },
    slots: createSlots(1),
    onFailure: 'finish',
    graceMs: DEFAULT_GRACE_MS,
    cache: null,
  };
}

type RunEnd = Pick<RunResult, 'status' | 'cause' | 'exitCode'>;

/** How a run ended, as an exit code: the one that the stage which failed asks for, else the table's. */
export function runExitCode({ status, cause, exitCode }: RunEnd): number {
  if (status === 'succeeded') return EXIT.ok;
  if (status !== 'cancelled') return exitCode ?? EXIT.runFailed;
  return cause === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
}
