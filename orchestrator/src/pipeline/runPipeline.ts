import { existsSync } from 'node:fs';
import { FailureError } from '../failure.ts';
import { artifactPath, runPaths } from '../run/paths.ts';
import { readRun } from '../run/readRun.ts';
import { conductRun, type RunResult } from './conductRun.ts';
import { openNewRun, type StartRequest } from './openNewRun.ts';
import { planPipeline } from './plan.ts';
import { reopenRun, type ResumeRequest } from './reopenRun.ts';
import type { OpenRun, RunContext, RunSettings } from './runContext.ts';
import type { ChildRequest, ChildRunner } from './subpipelineStage.ts';

/** Runs a planned pipeline from the beginning. Resolves when its evidence is complete; see `openNewRun`. */
export async function startPipeline(settings: RunSettings, request: StartRequest): Promise<RunResult> {
  return conduct(await openNewRun(settings, request));
}

/** Finishes a run that did not succeed. Resolves when its evidence is complete; see `reopenRun`. */
export async function resumePipeline(settings: RunSettings, request: ResumeRequest): Promise<RunResult> {
  return conduct(await reopenRun(settings, request));
}

function conduct(run: OpenRun, onBegin?: () => void): Promise<RunResult> {
  return conductRun(run, childRunner(run.context), onBegin);
}

function childRunner(parent: RunContext): ChildRunner {
  return async ({ pipelineId, earlier, onClaimed, cancellation, keysAbove }) => {
    const settings = { ...parent.settings, cancellation };
    const child = await openChild({ ...parent, settings }, { pipelineId, earlier, keysAbove });
    const result = await conduct(child, () => onClaimed(child.context.paths.runId));
    const { env, paths, manifest, status } = result;
    return {
      child: {
        run_id: paths.runId,
        pipeline_id: pipelineId,
        status,
        manifest: artifactPath(env, paths.manifestPath),
      },
      keys: child.context.keys.ofAll(),
      summary: manifest.summary ?? `Child run ${status}`,
      cancelled: status === 'cancelled',
      // A loop goes on where it was, so that even a child of which no stage had passed may have little left to do.
      ranWhole: result.ranWhole && !child.resumed,
    };
  };
}

/** A child of an earlier attempt is finished rather than begun anew, so that its proven stages do not run twice. */
async function openChild(
  parent: RunContext,
  { pipelineId, earlier, keysAbove }: Pick<ChildRequest, 'pipelineId' | 'earlier' | 'keysAbove'>,
): Promise<OpenRun> {
  const { settings, env, paths, depth } = parent;
  const pipeline = settings.config.pipelines.find((candidate) => candidate.id === pipelineId);
  if (pipeline === undefined) {
    const known = settings.config.pipelines.map((candidate) => candidate.id);
    throw new FailureError({ kind: 'pipeline-not-found', pipelineId, known, configFile: null });
  }
  const common = { env, plan: planPipeline(pipeline, null), overrides: {}, depth: depth + 1, keysAbove };
  if (earlier !== null && (await ranPipeline(parent, earlier, pipelineId))) {
    const reason = `resumed with its parent ${paths.runId}`;
    return reopenRun(settings, { ...common, runId: earlier, actor: 'parent-run', reason });
  }
  return openNewRun(settings, { ...common, parentRunId: paths.runId, approvalPolicy: null });
}

/**
 * Whether that run is there and of that pipeline: the stage may name another one by now. Its status does not matter:
 * a child that succeeded before its parent could record that has nothing left to run.
 */
async function ranPipeline(parent: RunContext, runId: string, pipelineId: string): Promise<boolean> {
  const paths = runPaths(parent.env, runId);
  return (
    existsSync(paths.manifestPath) && (await readRun(paths, parent.env.activity)).pipeline_id === pipelineId
  );
}
