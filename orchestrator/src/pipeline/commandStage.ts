import path from 'node:path';
import type { CommandStage } from '../config/types.ts';
import { StageLog } from '../process/stageLog.ts';
import type { CommandStatus } from '../run/manifestTypes.ts';
import { artifactPath } from '../run/paths.ts';
import type { CacheAccount } from '../run/profile.ts';
import { stageFileName, writeErrorFile, type StageFailure } from '../run/stageFiles.ts';
import type { AttemptResult } from './commandAttempt.ts';
import { runAttempts } from './commandAttempts.ts';
import { replayAttempt } from './replayAttempt.ts';
import type { ProcessIdentity } from '../storage/processIdentity.ts';
import { emit, record, type RunContext } from './runContext.ts';
import type { CachedStage } from './stageCache/stageCache.ts';
import { stageSummary } from './stageSummary.ts';
import { stageToCache } from './stageToCache.ts';

/** How a stage ended, as far as the run that goes on (or not) needs to know. */
export interface StageResult {
  status: CommandStatus;
  /** The run's `status_detail` when this stage ends the run; null when the run goes on. */
  stopDetail: string | null;
  /** The exit code that the run ends with when this stage ends it, if not 1. */
  exitCode?: number;
  /** It did not come to its own end. False where a cancellation that was asked for meanwhile came too late for it. */
  wasCancelled: boolean;
  /** The cache or an earlier attempt spared nothing of it, so that the time it took tells how long it takes. */
  ranWhole: boolean;
  /** What the stage cache did for it. */
  cache?: CacheAccount;
}

/**
 * Runs a command stage: its attempts one after another, its log, its journal entries. Resolves with its result;
 * throws errno errors when its evidence cannot be written.
 */
export async function runCommandStage(
  context: RunContext,
  stage: CommandStage,
  index: number,
): Promise<StageResult> {
  const startedMs = performance.now();
  const logFile = path.join(context.paths.commandsDir, `${stageFileName(index, stage.id)}.ndjson`);
  const logPath = artifactPath(context.env, logFile);
  const privacy = context.privacyLog.stage(stage.id);
  const log = StageLog.open({
    path: logFile,
    stageIndex: index,
    onTouched: (frame) => privacy.touch(frame),
    activity: context.env.activity,
  });
  const broken = new AbortController();
  log.onError = (error) => broken.abort(error);
  let cached: CachedStage | null = null;
  try {
    const facts = { stage_id: stage.id, index };
    record(context, { type: 'command:start', command: stage.command, log_path: logPath, ...facts }, log);
    context.store.noteTransition();
    const about = {
      stageId: stage.id,
      stageIndex: index,
      title: stage.title,
      kind: stage.kind,
      builtin: stage.builtin !== undefined,
      logPath,
    };
    emit(context, { type: 'stage:started', ...about, attempt: 1 });

    const { cache } = context.settings;
    const toCache = cache && stageToCache(context, stage, index);
    if (cache && toCache && stage.cache) cached = await cache.begin(toCache);
    const onSpawn = (command: ProcessIdentity) => cached?.runsAs(command);
    const request = { stage, index, log, broken, privacy, timeoutMs: timeoutMs(stage), onSpawn };
    const run = () => runAttempts(context, request);
    const attempt = cached?.hit
      ? await replayAttempt(context, request, cached.hit)
      : await (cache?.running(run) ?? run());
    const { outcome, output } = attempt;
    const status = statusOf(attempt, stage);
    const hit = status === 'succeeded' ? cached?.hit : null;
    const summary = hit?.summary ?? summaryOf(context, stage, attempt);
    const exitCode = outcome.ended === 'not-started' ? null : (outcome.exitCode ?? 128);
    const durationMs = Math.round(performance.now() - startedMs);
    let key: string | null = null;
    if (status === 'succeeded' && toCache) {
      key = await (cached?.keep({ logPath: logFile, summary, durationMs }) ?? cache.keyOfUncached(toCache));
    }
    if (key !== null) context.keys.set(index, key);
    const errorFile = await errorFileOf(context, stage, index, attempt, status, exitCode);
    record(
      context,
      {
        type: 'command:end',
        exit_code: exitCode,
        signal: outcome.signal,
        duration_ms: durationMs,
        status,
        summary,
        error_file: errorFile,
        attempts: attempt.number,
        ...(key !== null && { cache_key: key }),
        ...(attempt.builtin?.toolMetrics && { tool_metrics: attempt.builtin.toolMetrics }),
        ...facts,
      },
      log,
    );
    emit(context, {
      type: 'stage:completed',
      ...about,
      status,
      exitCode,
      signal: outcome.signal,
      durationMs,
      summary,
      subRunId: null,
      flaky: status === 'succeeded' && attempt.number > 1,
      cachedFrom: hit?.sourceRunId ?? null,
      outputTail: output.combinedTail,
    });
    return {
      status,
      stopDetail: stopDetail(stage, attempt, status),
      wasCancelled: outcome.ended === 'cancelled',
      ranWhole: !cached?.hit,
      ...(attempt.builtin !== null && { exitCode: attempt.builtin.exitCode }),
      ...(cached && { cache: cached.account }),
    };
  } finally {
    await cached?.close();
    await log.close();
  }
}

function summaryOf(context: RunContext, stage: CommandStage, attempt: AttemptResult): string {
  if (attempt.builtin) return attempt.builtin.summary;
  const { outcome, output, number } = attempt;
  return stageSummary({
    hint: stage.summaryHint,
    outcome,
    stdout: output.stdoutTail,
    stderr: output.stderrTail,
    cancelCause: context.settings.cancellation.cause,
    timeoutMs: timeoutMs(stage),
    attempt: number,
    maxAttempts: stage.retries + 1,
    repoRoot: context.env.repoRoot,
  });
}

function statusOf(attempt: AttemptResult, stage: CommandStage): CommandStatus {
  const { ended, exitCode } = attempt.outcome;
  if (ended === 'exited' && exitCode === 0) return 'succeeded';
  const tolerable = ended === 'exited' || ended === 'timed-out';
  return stage.allowFailure && tolerable ? 'skipped' : 'failed';
}

function stopDetail(stage: CommandStage, attempt: AttemptResult, status: CommandStatus): string | null {
  if (status !== 'failed') return null;
  return `stage:${stage.id}:${attempt.outcome.ended === 'not-started' ? 'error' : 'failed'}`;
}

async function errorFileOf(
  context: RunContext,
  stage: CommandStage,
  index: number,
  { outcome, output }: AttemptResult,
  status: CommandStatus,
  exitCode: number | null,
): Promise<string | null> {
  if (status !== 'failed' || outcome.ended === 'not-started' || outcome.ended === 'cancelled') return null;
  const { env, paths, store } = context;
  const failure: StageFailure = {
    index,
    stageId: stage.id,
    command: stage.command,
    reason: context.plan.pipeline.id === 'exec' ? 'command-execution-error' : 'command-failed',
    exitCode,
    signal: outcome.signal,
    stderr: output.stderrTail,
    stdoutBytes: output.stdoutBytes,
    stderrBytes: output.stderrBytes,
  };
  const file = await writeErrorFile(paths, store.manifest, failure, env.activity);
  return artifactPath(env, file);
}

function timeoutMs(stage: CommandStage): number | undefined {
  return stage.timeoutSeconds === undefined ? undefined : stage.timeoutSeconds * 1_000;
}
