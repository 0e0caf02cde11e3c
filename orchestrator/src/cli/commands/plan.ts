import { SHIPPED_PIPELINES } from '../../config/shippedPipelines.ts';
import { planPipeline } from '../../pipeline/plan.ts';
import type { CliContext } from '../context.ts';
import { resolveEnvironment } from '../environment.ts';
import { choosePipeline, chooseTarget } from '../pipelineChoice.ts';
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
  };
  if (options.format === 'json') writeJson(context.stdout, planJson(view));
  else context.stdout.write(planText(view));
}
