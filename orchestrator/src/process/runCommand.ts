import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { CommandOutcome, CommandRequest } from './command.ts';
import { gatedCommand, openGate } from './gatedCommand.ts';
import { markEnvironment } from './markedProcesses.ts';
import { explainSpawnFailure, type SpawnFailure } from './spawnFailure.ts';
import { type PipedChild, superviseCommand } from './superviseCommand.ts';

export type { Cancellation, Command, CommandOutcome, CommandRequest } from './command.ts';
export type { OutputSink, OutputStream } from './outputSink.ts';

/**
 * Runs one command in a session and process group of its own, with nothing on stdin unless
 * `request.stdin` says otherwise, and hands its output to `request.output`.
 *
 * Resolves when the process has exited and its pipes are closed, or `pipeGraceMs` after the exit if a background
 * process holds them; all output up to there has been handed over by then. With `leavesNothing`, what is left behind is
 * ended first. Never rejects for what the command does.
 */
export async function runCommand(request: CommandRequest): Promise<CommandOutcome> {
  if (request.cancellation.signal.aborted) return notStarted('cancelled', null);
  const { cwd, gated = false } = request;
  const { env, mark } =
    request.leavesNothing === true ? markEnvironment(request.env) : { env: request.env, mark: null };
  const [file, args] =
    typeof request.command === 'string'
      ? ['/bin/sh', ['-c', request.command]]
      : [request.command.file, request.command.args];
  const startedAt = performance.now();
  let child: ChildProcess;
  try {
    const program = gated ? gatedCommand(file, args, cwd, env) : { file, args };
    child = spawn(program.file, program.args, {
      cwd,
      env,
      detached: true,
      stdio: [request.stdin ?? 'ignore', 'pipe', 'pipe', ...(gated ? ['pipe' as const] : [])],
    });
    if (child.pid === undefined) await once(child, 'spawn');
  } catch (error) {
    return notStarted('not-started', explainSpawnFailure(error, file, cwd));
  }
  if (!isPiped(child)) throw new Error('A command was started without pipes for its output.');
  const outcome = superviseCommand(child, startedAt, request, mark);
  // Whoever could not put it on record has asked for its end by now.
  if (gated && !request.cancellation.signal.aborted) openGate(child);
  return outcome;
}

/** Always so, because of `stdio` above; the types of Node only know it when stdin is not a descriptor. */
function isPiped(child: ChildProcess): child is PipedChild {
  return child.stdin === null && child.stdout !== null && child.stderr !== null;
}

function notStarted(ended: CommandOutcome['ended'], error: SpawnFailure | null): CommandOutcome {
  return { pid: null, exitCode: null, signal: null, durationMs: 0, ended, error, pipesHeld: false };
}
