import { FailureError } from '../../failure.ts';
import { endLeftovers } from '../../pipeline/endLeftovers.ts';
import { loopPaths } from '../../rlm/loop/loopPaths.ts';
import { GitError } from '../../rlm/workspace/git.ts';
import { listCheckpoints } from '../../rlm/workspace/listCheckpoints.ts';
import { applyRestore, planRestore, type RestorePlan } from '../../rlm/workspace/restore.ts';
import { claimExistingRun } from '../../run/claimRun.ts';
import { findRun, type RunLocation } from '../../run/findRun.ts';
import { readRun } from '../../run/readRun.ts';
import type { CliContext } from '../context.ts';
import { resolveEnvironment } from '../environment.ts';
import { checkpointsJson, restoreJson } from '../present/restoreJson.ts';
import { checkpointLines, lossLines, restoredLines } from '../present/restoreText.ts';
import { createStyle } from '../present/style.ts';
import { writeJson } from '../present/writeJson.ts';
import { refuseLive } from '../refuseLive.ts';
import { isInteractive } from '../rlm/chooseValidator.ts';
import { ownFiles } from '../rlm/ownFiles.ts';
import { readLine, type QuestionInput } from '../rlm/readLine.ts';
import type { RlmRestoreOptions } from './definitions/rlmRestore.ts';

/** Ms between TERM and KILL for what a killed loop left running. */
const GRACE_MS = 5_000;

/**
 * `rlm restore`: lists the checkpoints of a run, or makes the work tree equal to one of them, after an answer on the
 * terminal or with `--yes`.
 */
export async function runRlmRestore(
  options: RlmRestoreOptions,
  context: CliContext,
  stdin: QuestionInput = process.stdin,
): Promise<void> {
  const asked = resolveEnvironment({ task: options.task, env: context.env, cwd: context.cwd });
  const location = findRun(asked, options.run ?? null, options.task !== undefined);
  try {
    const { iteration } = options;
    if (iteration === undefined) await list(options, context, location);
    else await restore({ ...options, iteration }, context, location, stdin);
  } catch (error) {
    if (error instanceof GitError) throw new FailureError({ kind: 'git-failed', message: error.message });
    throw error;
  }
}

async function list(
  { format }: RlmRestoreOptions,
  { stdout, env }: CliContext,
  { env: { repoRoot }, paths: { runId } }: RunLocation,
): Promise<void> {
  const found = await listCheckpoints(repoRoot, runId, env);
  if (format === 'json') writeJson(stdout, checkpointsJson(runId, found));
  else stdout.write(`${checkpointLines(runId, found, createStyle(stdout, env)).join('\n')}\n`);
}

async function restore(
  options: RlmRestoreOptions & { iteration: string },
  context: CliContext,
  location: RunLocation,
  stdin: QuestionInput,
): Promise<void> {
  const { paths, env } = location;
  await refuseLive(paths, await readRun(paths));
  // Held while the answer is awaited: nobody may resume the loop in between.
  const { owner } = await claimExistingRun(paths);
  try {
    const plan = await planFor(options.iteration, context, location);
    const isJson = options.format === 'json';
    const facts = { runId: paths.runId, repoRoot: env.repoRoot };
    if (plan.losses.length > 0) {
      const style = createStyle(isJson ? context.stderr : context.stdout, context.env);
      const lines = lossLines(plan, facts, style);
      (isJson ? context.stderr : context.stdout).write(`${lines.join('\n')}\n`);
      await confirm(options, context, plan, stdin);
      await endLeftovers(paths, GRACE_MS, new AbortController().signal);
    }
    const result = plan.losses.length > 0 ? await applyRestore(plan, context.now()) : null;
    if (isJson) writeJson(context.stdout, restoreJson(plan, result));
    else {
      const lines = restoredLines(plan, result, createStyle(context.stdout, context.env));
      context.stdout.write(`${lines.join('\n')}\n`);
    }
  } finally {
    await owner.release();
  }
}

async function planFor(
  checkpoint: string,
  { env: processEnv }: CliContext,
  { env, paths }: RunLocation,
): Promise<RestorePlan> {
  const { runId } = paths;
  const planning = await planRestore({
    repoRoot: env.repoRoot,
    runId,
    checkpoint,
    dir: loopPaths(paths.runDir).dir,
    exclude: ownFiles(env),
    env: processEnv,
  });
  if (planning.kind === 'planned') return planning.plan;
  throw new FailureError({
    kind: 'no-checkpoint',
    runId,
    checkpoint,
    known: planning.kind === 'no-checkpoint' ? planning.known.map(({ name }) => name) : [],
    reason: planning.kind === 'no-git' ? planning.reason : null,
  });
}

/** Throws `not-confirmed` unless somebody says yes. */
async function confirm(
  { yes, format, iteration }: RlmRestoreOptions & { iteration: string },
  { stderr, env }: CliContext,
  { runId, losses }: RestorePlan,
  stdin: QuestionInput,
): Promise<void> {
  if (yes) return;
  const canAsk = format === 'text' && isInteractive(env, stdin);
  if (canAsk) {
    stderr.write('Restore? [y/N] ');
    const answer = await readLine(stdin);
    if (/^\s*y(es)?\s*$/i.test(answer ?? '')) return;
    // The cursor still stands behind the question.
    if (answer === null) stderr.write('\n');
  }
  const files = losses.length;
  throw new FailureError({ kind: 'not-confirmed', runId, checkpoint: iteration, files, wasAsked: canAsk });
}
