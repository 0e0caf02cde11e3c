import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { countAttempts } from '../run/countAttempts.ts';
import { readStageOutput, stageOutputIn } from '../run/readStageOutput.ts';
import { errorCode } from '../storage/errorCode.ts';
import { errorMessage } from '../storage/errorMessage.ts';
import type { AttemptRequest, AttemptResult } from './commandAttempt.ts';
import { observedOutput } from './observedOutput.ts';
import { emit, record, type RunContext } from './runContext.ts';
import type { CacheHit } from './stageCache/stageCache.ts';

const SMALL_BYTES = 1024 * 1024;

/**
 * Stands for running a stage whose outputs were restored: prints again what it had printed, and puts on record whose
 * result this is. Throws the errno error that kept its evidence from being written.
 */
export async function replayAttempt(
  context: RunContext,
  request: Omit<AttemptRequest, 'number'>,
  { key, sourceRunId, log: stored }: CacheHit,
): Promise<AttemptResult> {
  const startedMs = performance.now();
  const { stage, index, log, broken, privacy } = request;
  const correlationId = randomUUID();
  const handleId = randomUUID();
  // Somebody else may have removed the entry meanwhile. The outputs are in place, and that is what the stage is for.
  const onLostLog = (error: unknown): boolean => {
    if (errorCode(error) === '') throw error;
    const message = `Not all that stage "${stage.id}" had printed could be shown: ${errorMessage(error)}.`;
    emit(context, { type: 'warning', message });
    return true;
  };
  privacy.begin(handleId);
  log.beginAttempt({ correlationId, attempt: 1 });
  const isOver = stored === null || (await replayOutput(context, request, stored).catch(onLostLog));
  const output = await log.endAttempt();
  broken.signal.throwIfAborted();
  const facts = { correlation_id: correlationId, handle_id: handleId, stage_id: stage.id, index };
  const whose = { key, source_run_id: sourceRunId };
  record(context, { type: 'cache:hit', ...whose, output: privacy.counts(output.chunks, 0), ...facts }, log);
  const durationMs = performance.now() - startedMs;
  const outcome = { pid: null, signal: null, durationMs, error: null, pipesHeld: false };
  const ended = isOver
    ? { exitCode: 0, ended: 'exited' as const }
    : { exitCode: null, ended: 'cancelled' as const };
  return { number: 1, correlationId, outcome: { ...outcome, ...ended }, output, builtin: null };
}

/** Resolves with false when the run was cancelled in the middle of it. */
async function replayOutput(
  context: RunContext,
  request: Omit<AttemptRequest, 'number'>,
  { path, size }: NonNullable<CacheHit['log']>,
): Promise<boolean> {
  const output = observedOutput(context, request);
  // Most logs are small, and a stream of one takes longer than all else about a hit.
  const small = size <= SMALL_BYTES ? stageOutputIn(fs.readFileSync(path)) : null;
  // Attempts that failed, perhaps in a run that was resumed since, are no part of the result.
  let ahead = small?.filter(({ kind }) => kind === 'attempt').length ?? (await countAttempts(path));
  for await (const item of small ?? readStageOutput(path)) {
    if (context.settings.cancellation.signal.aborted) return false;
    if (item.kind === 'attempt') ahead -= 1;
    if (ahead > 0 || item.kind !== 'output' || output.write(item.stream, item.bytes)) continue;
    await new Promise<void>((resolve) => {
      output.onDrain = resolve;
    });
  }
  return true;
}
