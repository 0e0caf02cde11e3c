import path from 'node:path';
import type { CommandStage } from '../config/types.ts';
import { readCancelRequest } from '../run/cancelRequest.ts';
import { FailureError } from '../failure.ts';
import type { CommandRecord } from '../run/manifestTypes.ts';
import { artifactPath, type TaskEnvironment } from '../run/paths.ts';
import { announceRun } from '../run/announcedRuns.ts';
import { recordRunInIndex } from '../run/runsIndex.ts';
import { buildRunSummary, type RunSummary } from '../run/runSummary.ts';
import { finishScheduler } from '../run/schedulerRecord.ts';
import { jsonDocument, replaceFileSync } from '../storage/replaceFile.ts';
import { BUILTIN_EVIDENCE } from './builtin.ts';
import type { RunPlan } from './plan.ts';
import { recordRunEnd } from './recordRunEnd.ts';
import { emit, type ExecutionResult, type RunContext } from './runContext.ts';
import { isFlakySummary } from './stageSummary.ts';

/**
 * Brings a run whose stages are over to its final evidence, in the order in which a kill does the least harm: the
 * journal says how it ended, then the run summary, then the manifest, then what is shared with other runs
 * (metrics, `runs.json`). Throws errno errors; what was written before stays.
 */
export async function finishRun(context: RunContext, result: ExecutionResult): Promise<void> {
  const { env, paths, store, plan, profiler } = context;
  const { activity } = profiler;
  const manifest = store.manifest;
  const now = new Date();
  const synced = recordRunEnd(context, result, await runSummaryText(context, result), now);
  finishScheduler(manifest, now.toISOString());

  const summary = buildRunSummary(manifest, plan.document, now.toISOString());
  const announcement = announceRun(env, paths);
  await profiler.measure('summary', async () => {
    replaceFileSync(paths.runSummaryPath, jsonDocument(summary), { activity });
    const legacy = JSON.stringify(summary, null, 2);
    replaceFileSync(paths.legacySummaryPath, legacy, { durable: false, activity });
  });
  await profiler.measure('manifest', () => store.persist());
  const [metrics, index, ...rest] = await Promise.allSettled([
    profiler.measure('metrics', () =>
      context.settings.record(env, paths, manifest, { persist: () => store.persist() }),
    ),
    profiler.measure('runs_index', () => indexRun(env, summary, announcement)),
    synced,
  ]);
  for (const part of [metrics, index]) {
    if (part.status === 'rejected') continue;
    for (const message of part.value.warnings) emit(context, { type: 'warning', message });
  }
  const failed = [metrics, index, ...rest].find((part) => part.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** A damaged index of runs is somebody else's evidence: it is left alone, and this run is no worse for it. */
async function indexRun(
  env: TaskEnvironment,
  summary: RunSummary,
  announcement: string,
): Promise<{ warnings: string[] }> {
  try {
    return await recordRunInIndex(env, summary, { announcement });
  } catch (error) {
    if (!(error instanceof FailureError) || error.failure.kind !== 'damaged-evidence') throw error;
    const { path, detail } = error.failure;
    return {
      warnings: [`This run is missing from ${artifactPath(env, path)}: the file is damaged (${detail}).`],
    };
  }
}

/** What happened, one line each: what failed, what was flaky, why the run was ended early. */
async function runSummaryText(context: RunContext, result: ExecutionResult): Promise<string | null> {
  const { manifest } = context.store;
  const lines = manifest.commands.flatMap((command) => [
    ...outcomeLine(context.plan, command, result),
    ...evidenceLine(context, command),
  ]);
  if (result.status === 'cancelled') lines.push(await cancelLine(context));
  return lines.length === 0 ? null : lines.join('\n');
}

function outcomeLine(plan: RunPlan, command: CommandRecord, run: ExecutionResult): string[] {
  const { status, title, summary } = command;
  const isBuiltin = builtinOf(plan, command) !== undefined;
  // It says itself that it was cancelled, which is no failure.
  if (isBuiltin && status === 'failed' && run.status === 'cancelled') return [reasonOf(command)];
  if (status === 'failed') return [`Stage "${title}" failed: ${reasonOf(command)}`];
  if (status === 'skipped') return [`Stage "${title}" failed and was tolerated: ${reasonOf(command)}`];
  // What a stage in this process says of its end is about more than its exit code.
  const isTelling = isBuiltin && status === 'succeeded';
  return isTelling || isFlakySummary(summary) ? [`Stage "${title}": ${reasonOf(command)}`] : [];
}

/** Where a stage that ran in this process keeps evidence of its own. */
function evidenceLine({ env, paths, plan }: RunContext, command: CommandRecord): string[] {
  const builtin = builtinOf(plan, command);
  if (builtin === undefined || command.status === 'pending') return [];
  const file = path.join(paths.runDir, BUILTIN_EVIDENCE[builtin]);
  return [`Evidence of stage "${command.title}": ${artifactPath(env, file)}`];
}

function builtinOf({ stages }: RunPlan, { index }: CommandRecord): CommandStage['builtin'] {
  const stage = stages[index - 1];
  return stage?.kind === 'command' ? stage.builtin : undefined;
}

/** Of a child run's summary only what happened: the advice in it is for its own readers. */
function reasonOf({ kind, summary }: CommandRecord): string {
  const text = summary ?? 'no reason recorded';
  return kind === 'subpipeline' ? (text.split('\n')[0] ?? text) : text;
}

async function cancelLine({ env, paths, store, settings }: RunContext): Promise<string> {
  const request = await readCancelRequest(paths, env.activity);
  const left = store.manifest.commands.filter((command) => command.status === 'pending').length;
  const by =
    request === null ? '' : ` by ${request.actor}${request.reason === null ? '' : `: ${request.reason}`}`;
  const rest = left === 0 ? '' : `; ${left} ${left === 1 ? 'stage' : 'stages'} not started`;
  return `Cancelled (${settings.cancellation.cause ?? 'unknown cause'})${by}${rest}.`;
}
