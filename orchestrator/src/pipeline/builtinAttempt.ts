import { randomUUID } from 'node:crypto';
import type { CommandStage } from '../config/types.ts';
import type { CommandOutcome, OutputSink } from '../process/runCommand.ts';
import type { ProcessIdentity } from '../storage/processIdentity.ts';
import type { BuiltinOutcome } from './builtin.ts';
import type { RunCancellation } from './cancellation.ts';
import { emit, record, type RunContext } from './runContext.ts';

/** A stage that runs in this process, ready to run. */
export interface BuiltinAttempt {
  stage: CommandStage;
  name: NonNullable<CommandStage['builtin']>;
  /** 1-based. */
  index: number;
  stageEnv: NodeJS.ProcessEnv;
  output: OutputSink;
  /** Aborted with the error that keeps the stage's evidence from being written. */
  broken: AbortSignal;
}

/**
 * Runs a stage in this process and puts its end in the terms of a process. Rejects with errno errors when evidence
 * cannot be written.
 */
export async function runBuiltin(
  context: RunContext,
  { stage, name, index, stageEnv, output, broken }: BuiltinAttempt,
): Promise<{ outcome: CommandOutcome; builtin: BuiltinOutcome }> {
  const { builtins, cancellation, graceMs } = context.settings;
  const startedMs = performance.now();
  const builtin = await builtins[name]({
    env: context.env,
    paths: context.paths,
    stageEnv,
    output,
    cancellation: endedToo(cancellation, broken),
    graceMs,
    onProgress(progress) {
      const about = { stageId: stage.id, stageIndex: index, title: stage.title };
      emit(context, { type: 'loop:progress', progress, ...about });
    },
    recordProcess: (process, identity) => recordProcess(context, stage, index, process, identity),
  });
  const outcome: CommandOutcome = {
    pid: null,
    exitCode: builtin.exitCode,
    signal: null,
    durationMs: Math.round(performance.now() - startedMs),
    ended: builtin.wasCancelled ? 'cancelled' : 'exited',
    error: null,
    pipesHeld: false,
  };
  return { outcome, builtin };
}

function recordProcess(
  context: RunContext,
  stage: CommandStage,
  index: number,
  name: string,
  { host, boot_id, pid, process_start, pid_namespace }: ProcessIdentity,
): () => void {
  const facts = { handle_id: randomUUID(), stage_id: stage.id, index };
  const namespace = pid_namespace !== undefined && { pid_namespace };
  record(context, { type: 'process:begin', name, pid, process_start, host, boot_id, ...namespace, ...facts });
  return () => record(context, { type: 'process:end', ...facts });
}

/** The same cancellation, whose polite signal also follows another one. */
function endedToo(cancellation: RunCancellation, other: AbortSignal): RunCancellation {
  return {
    signal: AbortSignal.any([cancellation.signal, other]),
    force: cancellation.force,
    get cause() {
      return cancellation.cause;
    },
    cancel: (cause) => cancellation.cancel(cause),
    forceNow: () => cancellation.forceNow(),
  };
}
