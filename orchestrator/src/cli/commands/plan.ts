import { SHIPPED_PIPELINES } from '../../config/shippedPipelines.ts';
import { planPipeline } from '../../pipeline/plan.ts';
import type { StageForecast } from '../../pipeline/stageCache/forecast.ts';
import type { TaskEnvironment } from '../../run/paths.ts';
import { cacheDirOf } from '../cacheDir.ts';
import type { CliContext } from '../context.ts';
import { resolveEnvironment } from '../environment.ts';
import { choosePipeline, chooseTarget, type PipelineChoice } from '../pipelineChoice.ts';
import { planJson } from '../present/planJson.ts';
import { planText } from '../present/planText.ts';
import type { PlanView } from '../present/planView.ts';
import { writeJson } from '../present/writeJson.ts';
import type { PlanOptions } from './definitions/plan.ts';

/** `plan`: shows what `start` would run. Writes nothing. */
export async function runPlan(options: PlanOptions, context: CliContext): Promise<void> {
  const env = resolveEnvironment({ task: options.task, env: context.env, cwd: context.cwd });
  const { loaded, resolved } = await choosePipeline(context, env.repoRoot, options.pipeline ?? null);
  const plan = planPipeline(resolved.pipeline, chooseTarget(context, resolved.pipeline, options.target));
  const { warnings } = loaded;
  const { pipeline, source } = resolved;
  const forecasts = options.explain ? await explain(context, env, { loaded, resolved }) : null;
  const isShipped = SHIPPED_PIPELINES.includes(pipeline);
  const { file, reasons, skipped = [] } = isShipped ? { file: null, reasons: [] } : loaded;
  const view: PlanView = {
    pipeline,
    source,
    isShipped,
    plan: plan.document,
    file,
    reasons,
    skipped,
    warnings,
    forecasts,
  };
  if (options.format === 'json') writeJson(context.stdout, planJson(view));
  else context.stdout.write(planText(view));
}

async function explain(
  context: CliContext,
  env: TaskEnvironment,
  { loaded, resolved }: PipelineChoice,
): Promise<StageForecast[]> {
  const { explainPipeline } = await import('../../pipeline/stageCache/explainPipeline.ts');
  return explainPipeline({
    pipeline: resolved.pipeline,
    config: loaded.config,
    env,
    startDirectory: context.cwd,
    processEnv: context.env,
    overrides: resolved.stageEnvironment,
    cacheDir: cacheDirOf({ runsRoot: env.runsRoot, startDirectory: context.cwd, processEnv: context.env }),
  });
}
