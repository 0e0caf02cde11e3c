import type { ConfigProblem } from '../../config/problem.ts';
import type { Pipeline, Stage } from '../../config/types.ts';
import type { StageForecast } from '../../pipeline/stageCache/forecast.ts';
import type { PlanDocument } from '../../run/runSummary.ts';

/** What `plan` shows. */
export interface PlanView {
  pipeline: Pipeline;
  source: 'user' | 'default';
  /** It comes with this tool. */
  isShipped: boolean;
  plan: PlanDocument;
  /** Display path of the configuration; null when the pipeline was detected or is shipped. */
  file: string | null;
  /** For a detected pipeline: why each stage is there. */
  reasons: readonly { stageId: string; reason: string }[];
  /** For a detected pipeline: what was seen and left out on purpose. */
  skipped: readonly { what: string; reason: string }[];
  warnings: readonly ConfigProblem[];
  /** What a run would do with each stage, those of sub-pipelines included; null: nobody asked. */
  forecasts: readonly StageForecast[] | null;
}

/** The reason why a detected stage is there; null for a configured one. */
export function reasonFor(view: PlanView, stage: Stage): string | null {
  return view.reasons.find((reason) => reason.stageId === stage.id)?.reason ?? null;
}
