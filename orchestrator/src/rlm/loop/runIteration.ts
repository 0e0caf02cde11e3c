import type { AgentFailure } from '../agents/agentFailure.ts';
import { closingLines } from '../prompt/closingLines.ts';
import { runValidator, type ValidatorRun } from '../validator/runValidator.ts';
import type { WorkspaceChanges } from '../workspace/workspace.ts';
import { runAgentPart } from './agentPart.ts';
import type { LoopContext } from './loopContext.ts';
import { summaryLine } from './agentLines.ts';
import { iterationLine } from './loopLines.ts';
import { changesLine, validatorLine } from './workLines.ts';
import type { IterationInProgress, IterationRecord } from './loopState.ts';
import { noticesFor } from './notices.ts';
import { type GuardedFiles, lookAgain, lookAtGuardedFiles } from './guardedFiles.ts';
import { recoverCalls } from './recoverCalls.ts';
import { say } from './say.ts';

/** How an iteration ended: with its record in the state (not on disk yet), or before that. */
export type IterationEnd =
  | { kind: 'recorded'; record: IterationRecord; validator: ValidatorRun | null }
  | { kind: 'cancelled' }
  | { kind: 'agent-failed'; failure: AgentFailure };

/**
 * Runs the next iteration, or what is left of one that an earlier attempt began: checkpoint, agent, validator. Every
 * phase is on record before it begins. Rejects with errno errors.
 */
export async function runIteration(context: LoopContext): Promise<IterationEnd> {
  const { store, budget, feed } = context;
  const { state } = store;
  const interrupted = state.inProgress !== null;
  const { iteration, sinceStart } = await beginIteration(context);
  state.inProgress = iteration;
  feed.update({ iteration: iteration.n });
  say(context.request, iterationLine(iteration.n, state.maxIterations));
  if (interrupted && iteration.agentEnded === null) await recoverCalls(context, iteration);
  if (iteration.agentEnded === null) {
    const subject = { notices: noticesFor(store, interrupted), sinceStart };
    state.phase = 'agent';
    store.write();
    const part = await runAgentPart(context, iteration, subject);
    if (part.kind === 'cancelled') return part;
    if (part.kind === 'failed') return { kind: 'agent-failed', failure: part.failure };
    iteration.agentEnded = part.ended;
    say(context.request, summaryLine(closingLines(iteration.calls.at(-1)?.message ?? '').summary));
  }
  if (context.validator !== null) {
    state.phase = 'validator';
    store.write();
  }
  const work = await lookAtWork(context, iteration);
  // Whatever the agent achieved, there is no time left to find out.
  const validator = budget.timeLeftMs() === 0 ? null : await validate(context, iteration);
  if (validator?.ended === 'cancelled') return { kind: 'cancelled' };
  const guarded = validator?.exitCode === 0 ? await lookAgain(context, work.guarded) : work.guarded;
  const record = recordOf(context, iteration, { ...work, guarded }, validator);
  state.iterations.push(record);
  state.inProgress = null;
  state.phase = 'between';
  return { kind: 'recorded', record, validator };
}

interface Beginning {
  iteration: IterationInProgress;
  /** null: not known. */
  sinceStart: WorkspaceChanges | null;
}

/** Takes the checkpoint of a new iteration, and looks what has changed since the loop began. */
async function beginIteration({ store: { state }, workspace }: LoopContext): Promise<Beginning> {
  const { baseSnapshot: base, inProgress } = state;
  const changesUntil = (snapshot: string) => (base === null ? null : workspace.changes(base, snapshot));
  if (inProgress !== null) {
    return { iteration: inProgress, sinceStart: await changesUntil(inProgress.before) };
  }
  const n = state.iterations.length + 1;
  // Nothing has happened since the first snapshot.
  const before = n === 1 && base !== null ? base : await workspace.snapshot();
  const [checkpoint, sinceStart] = await Promise.all([workspace.checkpoint(before, n), changesUntil(before)]);
  const startedAt = new Date().toISOString();
  const iteration = { n, startedAt, checkpoint, before, calls: [], agentEnded: null, processesCounted: 0 };
  return { iteration, sinceStart };
}

interface Work {
  snapshot: string;
  /** As {@link IterationRecord.stateAfter}. */
  stateAfter: string;
  changes: WorkspaceChanges;
  guarded: GuardedFiles;
}

/** What the agent did to the files. */
async function lookAtWork(context: LoopContext, { before }: IterationInProgress): Promise<Work> {
  const { workspace, request } = context;
  const [snapshot, guarded] = await Promise.all([workspace.snapshot(), lookAtGuardedFiles(context)]);
  const [changes, stateAfter] = await Promise.all([
    workspace.changes(before, snapshot),
    workspace.state(snapshot),
  ]);
  say(request, changesLine(changes));
  return { snapshot, stateAfter, changes, guarded };
}

async function validate(context: LoopContext, { n }: IterationInProgress): Promise<ValidatorRun | null> {
  const { request, validator, paths, budget, feed, store } = context;
  if (validator === null) return null;
  feed.update({ phase: 'validator', role: null });
  let recordEnd: (() => void) | null = null;
  const run = await runValidator({
    command: validator,
    cwd: request.repoRoot,
    env: request.env,
    logPath: paths.validatorLog(n),
    cancellation: request.cancellation,
    graceMs: request.graceMs,
    activity: request.activity,
    timeoutMs: budget.startPart().leftMs(),
    onProcess(event) {
      if (event.kind === 'begin') recordEnd = request.recordProcess(`validator ${n}`, event.identity);
      else recordEnd?.();
    },
    onLine: (line) => feed.action(line),
  });
  if (run.ended === 'cancelled') return run;
  store.state.totals.validatorMs += run.durationMs;
  store.state.lastFeedback = run.feedback;
  const text = run.feedback?.firstErrors[0] ?? '';
  feed.update({ lastResult: { iteration: n, exitCode: run.exitCode, text } });
  say(request, validatorLine(run));
  return run;
}

function recordOf(
  { request, paths }: LoopContext,
  { n, startedAt, calls, checkpoint, before, agentEnded }: IterationInProgress,
  { snapshot, stateAfter, changes, guarded }: Work,
  validator: ValidatorRun | null,
): IterationRecord {
  const { summary, next } = closingLines(calls.at(-1)?.message ?? '');
  return {
    n,
    startedAt,
    summary,
    validatorExitCode: validator?.exitCode ?? null,
    validatorLogPath: validator === null ? null : request.artifactPath(paths.validatorLog(n)),
    diffSummary: changes.stat,
    completedAt: new Date().toISOString(),
    next,
    agentLogPath: request.artifactPath(paths.agentLog(n)),
    agentEnded: agentEnded ?? 'exited',
    calls: calls.map(({ message: _message, ...call }) => call),
    validatorMs: validator?.durationMs ?? null,
    checkpoint,
    before,
    after: snapshot,
    stateAfter,
    validatorFilesChanged: guarded.validatorFilesChanged,
    failureSignature: failureSignature(validator, guarded),
  };
}

/** A validator that passes counts as failing while files under protection are not as they were. */
function failureSignature(
  validator: ValidatorRun | null,
  { protectedSignature }: GuardedFiles,
): string | null {
  if (validator === null) return null;
  if (validator.exitCode !== 0) return validator.signature;
  return protectedSignature === null ? null : `protected-${protectedSignature}`;
}
