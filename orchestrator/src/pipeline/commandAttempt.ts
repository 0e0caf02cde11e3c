import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { CommandStage } from '../config/types.ts';
import { runCommand, type CommandOutcome } from '../process/runCommand.ts';
import type { AttemptOutput, StageLog } from '../process/stageLog.ts';
import type { StagePrivacy } from '../run/privacyLog.ts';
import { currentProcess, type ProcessIdentity } from '../storage/processIdentity.ts';
import type { BuiltinOutcome } from './builtin.ts';
import { runBuiltin } from './builtinAttempt.ts';
import { observedOutput } from './observedOutput.ts';
import { record, type RunContext } from './runContext.ts';
import { stageEnvironment } from './stageEnvironment.ts';

export interface AttemptRequest {
  stage: CommandStage;
  index: number;
  log: StageLog;
  /** Aborted with the errno error that keeps the stage's evidence from being written. */
  broken: AbortController;
  privacy: StagePrivacy;
  /** 1-based. */
  number: number;
  timeoutMs: number | undefined;
  /** Called with the process of the command as soon as it is on record. */
  onSpawn: (command: ProcessIdentity) => void;
}

export interface AttemptResult {
  number: number;
  correlationId: string;
  outcome: CommandOutcome;
  output: AttemptOutput;
  /** What a stage that ran in this process says beyond that; null for every other. */
  builtin: BuiltinOutcome | null;
}

/**
 * Runs a stage's command once: spawn, stream its output into the stage log, record begin and end. Throws the
 * errno error that kept its output from being written; the command is ended first.
 */
export async function runAttempt(context: RunContext, request: AttemptRequest): Promise<AttemptResult> {
  const { stage, index, log, broken, privacy, number } = request;
  const correlationId = randomUUID();
  const handleId = randomUUID();
  const facts = { correlation_id: correlationId, attempt: number, stage_id: stage.id, index };
  const cwd =
    stage.cwd === undefined ? context.env.repoRoot : path.resolve(context.settings.startDirectory, stage.cwd);
  privacy.begin(handleId);
  log.beginAttempt({ correlationId, attempt: number });

  const program = programOf(stage);
  let begun = false;
  const begin = (identity: ProcessIdentity | null) => {
    begun = true;
    const { host, boot_id, pid_namespace } = identity ?? currentProcess();
    record(
      context,
      {
        type: 'exec:begin',
        command: program.file,
        args: program.args,
        cwd,
        session_id: stage.session?.id ?? null,
        sandbox_state: 'sandboxed',
        persisted: stage.session?.persist ?? false,
        handle_id: handleId,
        pid: identity?.pid ?? null,
        process_start: identity?.process_start ?? null,
        host,
        boot_id,
        ...(pid_namespace !== undefined && { pid_namespace }),
        ...facts,
      },
      log,
    );
  };

  const { outcome, builtin } = await run(context, request, { program, cwd, begin });
  if (!begun) begin(null);
  const output = await log.endAttempt();
  broken.signal.throwIfAborted();
  record(
    context,
    {
      type: 'exec:end',
      exit_code: outcome.ended === 'not-started' ? null : (outcome.exitCode ?? 128),
      signal: outcome.signal,
      duration_ms: Math.round(outcome.durationMs),
      status: outcome.ended === 'exited' && outcome.exitCode === 0 ? 'succeeded' : 'failed',
      handle_id: handleId,
      pipes_held: outcome.pipesHeld,
      output: privacy.counts(output.chunks),
      ...facts,
    },
    log,
  );
  return { number, correlationId, outcome, output, builtin };
}

interface Start {
  program: { file: string; args: string[] };
  cwd: string;
  /** Puts the begin on record; null: there is no process of its own. */
  begin: (identity: ProcessIdentity | null) => void;
}

async function run(
  context: RunContext,
  request: AttemptRequest,
  { program, cwd, begin }: Start,
): Promise<Pick<AttemptResult, 'outcome' | 'builtin'>> {
  const { stage, index, broken } = request;
  const { cancellation, graceMs, processEnv, packageRoot } = context.settings;
  const stageEnv = stageEnvironment({
    env: context.env,
    paths: context.paths,
    pipelineId: context.plan.pipeline.id,
    packageRoot,
    processEnv,
    overrides: context.overrides,
    stageEnv: stage.env,
  });
  const output = observedOutput(context, request);
  if (stage.builtin !== undefined) {
    begin(null);
    const attempt = { stage, name: stage.builtin, index, stageEnv, output, broken: broken.signal };
    return runBuiltin(context, attempt);
  }
  const outcome = await runCommand({
    command: stage.argv === undefined ? stage.command : program,
    cwd,
    env: stageEnv,
    output,
    cancellation: {
      signal: AbortSignal.any([cancellation.signal, broken.signal]),
      force: cancellation.force,
    },
    graceMs,
    ...(request.timeoutMs !== undefined && { timeoutMs: request.timeoutMs }),
    onSpawn(identity) {
      try {
        begin(identity);
        request.onSpawn(identity);
      } catch (error) {
        // Thrown from here, it would leave the command running with nobody to look after it.
        broken.abort(error);
      }
    },
  });
  return { outcome, builtin: null };
}

function programOf(stage: CommandStage): { file: string; args: string[] } {
  const argv = stage.builtin === undefined ? stage.argv : stage.command.split(' ');
  const [file, ...args] = argv ?? ['/bin/sh', '-c', stage.command];
  return { file: file ?? '', args };
}
