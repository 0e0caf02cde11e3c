import path from 'node:path';
import { FailureError } from '../../failure.ts';
import { createCancellation } from '../../pipeline/cancellation.ts';
import type { ExecSummary, Notifications } from '../../pipeline/finishExec.ts';
import { runExec as runExecPipeline } from '../../pipeline/runExec.ts';
import type { RunEvent, RunListener } from '../../run/events.ts';
import type { CliContext } from '../context.ts';
import { resolveEnvironment } from '../environment.ts';
import { EXIT } from '../exitCodes.ts';
import { execEventLine } from '../present/execEventLine.ts';
import { commonSettings, runExitCode } from '../runSession.ts';
import { cancelOnSignals } from '../signals.ts';
import type { ExecOptions } from './definitions/exec.ts';

/** `exec`: runs one command as a run of its own. Resolves with the command's exit code. */
export async function runExec(options: ExecOptions, context: CliContext): Promise<number> {
  if (options.command.length === 0) {
    throw new FailureError({ kind: 'usage', message: 'exec needs a command to run' });
  }
  const env = resolveEnvironment({ task: options.task, env: context.env, cwd: context.cwd });
  const targets = notifyTargets(options, context);
  const cancellation = createCancellation();
  const stopListening = cancelOnSignals(cancellation);
  try {
    const { result, summary } = await runExecPipeline(
      {
        ...commonSettings(context, { defaultPipeline: null, pipelines: [], rlm: null }),
        cancellation,
        listener: listenerFor(options, context),
      },
      {
        env,
        argv: options.command,
        cwd: path.resolve(context.cwd, options.cwd ?? env.repoRoot),
        notify: (document) => deliver(document, targets, options.otelEndpoint),
      },
    );
    printSummary(options, context, summary);
    if (result.status !== 'failed') return runExitCode(result);
    const { exitCode, signal } = summary.payload.result;
    return signal !== null || exitCode === null ? EXIT.runFailed : exitCode;
  } finally {
    stopListening();
  }
}

/** Where the summary goes: the flags, or the environment when there are none. */
function notifyTargets(options: ExecOptions, context: CliContext): string[] {
  const given = options.notify.length > 0 ? options.notify : [context.env['CODEX_ORCHESTRATOR_NOTIFY'] ?? ''];
  return given
    .flatMap((value) => value.split(','))
    .map((value) => value.trim())
    .filter((value) => value !== '');
}

function deliver(summary: ExecSummary, targets: string[], otel: string | undefined): Promise<Notifications> {
  if (targets.length === 0 && otel === undefined) {
    return Promise.resolve({ targets: [], delivered: [], failures: [] });
  }
  return import('../notify.ts').then(({ notifyAll }) => notifyAll(summary, targets, otel ?? null));
}

/** The command's own output goes where it would have gone bare, unless stdout belongs to JSON. */
function listenerFor(options: ExecOptions, context: CliContext): RunListener {
  const { stdout, stderr } = context;
  if (options.jsonl) {
    return (event) => {
      const line = execEventLine(event);
      if (line !== null) stdout.write(`${line}\n`);
    };
  }
  const out = options.json === undefined ? stdout : stderr;
  return (event: RunEvent) => {
    if (event.type === 'stage:output') (event.stream === 'stdout' ? out : stderr).write(event.data);
    if (event.type === 'warning') stderr.write(`warning: ${event.message}\n`);
    if (event.type === 'stage:completed' && event.exitCode === null) stderr.write(`${event.summary ?? ''}\n`);
  };
}

function printSummary(options: ExecOptions, context: CliContext, summary: ExecSummary): void {
  if (options.json === undefined && !options.jsonl) return;
  const indent = options.json === 'pretty' ? 2 : undefined;
  context.stdout.write(`${JSON.stringify(summary, null, indent)}\n`);
}
