import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { userInfo } from 'node:os';
import { FailureError } from '../../failure.ts';
import { createCancellation } from '../../pipeline/cancellation.ts';
import { closeDeadRun } from '../../pipeline/closeDeadRun.ts';
import { writeCancelRequest } from '../../run/cancelRequest.ts';
import { describeOwner } from '../../run/claimRun.ts';
import { findRun, type RunLocation } from '../../run/findRun.ts';
import { inspectLiveness, isTerminal } from '../../run/liveness.ts';
import type { Manifest } from '../../run/manifestTypes.ts';
import { runPaths, type TaskEnvironment } from '../../run/paths.ts';
import { readRun } from '../../run/readRun.ts';
import { probeProcess } from '../../storage/processIdentity.ts';
import type { CliContext } from '../context.ts';
import { resolveEnvironment } from '../environment.ts';
import { EXIT } from '../exitCodes.ts';
import { cancelledBy } from '../present/cancelledBy.ts';
import { elapsedMs } from '../present/recordedTime.ts';
import { runResultJson } from '../present/runJson.ts';
import { writeJson } from '../present/writeJson.ts';
import { readLoop } from '../readLoop.ts';
import { commonSettings } from '../runSession.ts';
import type { CancelOptions } from './definitions/cancel.ts';

/** Ms between two looks at a run that is being cancelled. */
const POLL_MS = 50;

/**
 * `cancel`: ends a run with all its processes and resolves when its evidence says `cancelled`. A live owner is asked
 * to end it; for a dead one the evidence is completed here.
 */
export async function runCancel(options: CancelOptions, context: CliContext): Promise<number> {
  const asked = resolveEnvironment({ task: options.task, env: context.env, cwd: context.cwd });
  const location = findRun(asked, options.run ?? null, options.task !== undefined);
  const { env, paths } = location;
  const manifest = await readRun(paths);
  if (isTerminal(manifest)) {
    throw new FailureError({ kind: 'run-already-over', runId: paths.runId, status: manifest.status });
  }
  const { state, owner, detail } = await inspectLiveness(paths, manifest);
  if (state === 'dead') {
    return report(options, context, env, await closeDead(context, location, manifest, options));
  }
  if (owner === null || probeProcess(owner) !== 'alive') {
    const who = owner === null ? `another tool (${detail})` : describeOwner(owner);
    throw new FailureError({ kind: 'run-is-live', runId: paths.runId, owner: who });
  }
  if (options.format === 'text')
    context.stdout.write(`Asking process ${owner.pid} to end run ${paths.runId} …\n`);
  await writeCancelRequest(paths, {
    actor: userInfo().username,
    reason: options.reason ?? null,
    force: options.force,
    requested_at: new Date().toISOString(),
  });
  process.kill(owner.pid, 'SIGTERM');
  // The owner's grace period is its own and may be of any length, so there is no deadline here.
  while (probeProcess(owner) === 'alive') await delay(POLL_MS);
  return report(options, context, env, await readRun(paths));
}

async function closeDead(
  context: CliContext,
  { env }: RunLocation,
  manifest: Manifest,
  options: CancelOptions,
): Promise<Manifest> {
  const cancellation = createCancellation();
  cancellation.cancel('cancel');
  if (options.force) cancellation.forceNow();
  const result = await closeDeadRun(
    {
      ...commonSettings(context, { defaultPipeline: null, pipelines: [], rlm: null }),
      cancellation,
      listener: () => undefined,
    },
    env,
    manifest,
    { actor: userInfo().username, reason: options.reason ?? 'cancelled after its owner was gone' },
  );
  await closeDeadLoops(env, manifest);
  return result.manifest;
}

/** A loop whose owner is gone has nobody who would say in its state that it is over. */
async function closeDeadLoops(env: TaskEnvironment, { run_id, commands }: Manifest): Promise<void> {
  const { closeDeadLoop } = await import('../../rlm/loop/closeDeadLoop.ts');
  await closeDeadLoop(runPaths(env, run_id).runDir);
  for (const { sub_run_id } of commands) {
    const child = sub_run_id === null ? null : runPaths(env, sub_run_id);
    if (child !== null && existsSync(child.manifestPath)) await closeDeadLoops(env, await readRun(child));
  }
}

async function report(
  options: CancelOptions,
  context: CliContext,
  env: TaskEnvironment,
  manifest: Manifest,
): Promise<number> {
  const exitCode = isTerminal(manifest) ? EXIT.ok : EXIT.busy;
  if (options.format === 'json') {
    const durationMs = elapsedMs(manifest.started_at, manifest.completed_at) ?? 0;
    const loop = await readLoop(runPaths(env, manifest.run_id));
    writeJson(context.stdout, runResultJson(manifest, { exitCode, durationMs, loop }));
  } else if (isTerminal(manifest)) {
    const canceller = manifest.status === 'cancelled' ? cancelledBy(manifest.summary) : null;
    const by = canceller === null ? '' : ` ${canceller}`;
    context.stdout.write(`Run ${manifest.run_id} ended ${manifest.status}${by}.\n`);
  } else {
    context.stdout.write(
      `Run ${manifest.run_id} lost its owner before it could record the end; cancel it again.\n`,
    );
  }
  return exitCode;
}
