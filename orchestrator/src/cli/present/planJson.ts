import type { Stage } from '../../config/types.ts';
import type { StageForecast } from '../../pipeline/stageCache/forecast.ts';
import type { PlanView } from './planView.ts';
import { reasonFor } from './planView.ts';

/** What `plan` prints with `--format json`; `null` stands for what a stage does not have. */
export function planJson(view: PlanView): Record<string, unknown> {
  const { id, title, description, stages } = view.pipeline;
  return {
    pipeline: { id, title, description, source: view.source },
    stages: stages.map((stage, offset) => stageJson(stage, offset + 1, reasonFor(view, stage))),
    plan: view.plan,
    targetId: view.plan.targetId,
    config_file: view.file,
    skipped: view.skipped,
    warnings: view.warnings,
    ...(view.forecasts && { forecasts: view.forecasts.map(forecastJson) }),
  };
}

function forecastJson({
  path,
  forecast,
  key,
  sourceRunId,
  why,
  isInPlace,
  unless,
}: StageForecast): Record<string, unknown> {
  return { stage: path, forecast, key, source_run_id: sourceRunId, in_place: isInPlace, why, unless };
}

function stageJson(stage: Stage, index: number, reason: string | null): Record<string, unknown> {
  const { id, title, kind } = stage;
  const common = { index, id, title, kind, needs: stage.needs ?? null };
  const why = reason === null ? {} : { reason };
  if (stage.kind === 'subpipeline') {
    return { ...common, pipeline: stage.pipeline, optional: stage.optional, ...why };
  }
  return {
    ...common,
    command: stage.command,
    cwd: stage.cwd ?? null,
    env: Object.keys(stage.env).length === 0 ? null : stage.env,
    allowFailure: stage.allowFailure,
    summaryHint: stage.summaryHint ?? null,
    timeoutSeconds: stage.timeoutSeconds ?? null,
    retries: stage.retries,
    cache: stage.cache ?? null,
    ...why,
  };
}
