import * as z from 'zod';
import { privacyDecision } from './executionSchema.ts';
import {
  crystalizerStatus,
  scenarioStatus,
  snapshotStatus,
  toolMetricsRow,
  validationStatus,
} from './learningSchema.ts';
import { count, guardMode, problemsOf, s1 } from './schemaParts.ts';

/** One line of `metrics.json`. */
const metricsEntrySchema = z.strictObject({
  run_id: s1,
  task_id: s1,
  pipeline_id: s1,
  // A run is recorded when it is over.
  status: z.enum(['succeeded', 'failed', 'cancelled']),
  started_at: s1,
  completed_at: z.string().nullable(),
  duration_seconds: z.number().min(0).nullable(),
  commands_passed: count,
  commands_failed: count,
  guardrails_present: z.boolean(),
  recorded_at: s1,
  artifact_path: s1,
  child_runs: count,
  control_plane_status: s1,
  scheduler_mode: z.string().nullable(),
  instance_stats: z.array(
    z.strictObject({
      instance_id: s1,
      capability: s1,
      status: z.enum(['assigned', 'running', 'succeeded', 'failed', 'recovered']),
      attempts: count,
      recovery_events: count,
    }),
  ),
  privacy_mode: guardMode.nullable(),
  privacy_log_path: z.string().nullable(),
  privacy_event_count: count,
  privacy_events_truncated: z.literal(true).optional(),
  privacy_events: z.array(privacyDecision),
  handle_count: count,
  tfgrpo_epoch: z.int().nullable(),
  tfgrpo_group_id: z.string().nullable(),
  tfgrpo_group_size: z.int().nullable(),
  tool_calls: z.number(),
  token_total: z.number(),
  cost_usd: z.number(),
  latency_ms: z.number(),
  tool_stats: z.array(toolMetricsRow),
  learning_validation_status: validationStatus.nullable(),
  learning_snapshot_status: snapshotStatus.nullable(),
  learning_scenario_status: scenarioStatus.nullable(),
  learning_crystalizer_status: crystalizerStatus.nullable(),
  learning_alerts: count,
  learning_group_id: z.string().nullable(),
  learning_review_rejections: count,
  learning_review_latency_ms: z.number().nullable(),
  learning_regressions_detected: count,
  learning_pattern_promoted: count,
  learning_pattern_deprecated: count,
  learning_throughput_candidates: count,
});

/** What is wrong with a metrics entry as this tool writes it, one `path: message` each; empty when it is valid. */
export function validateMetricsEntry(value: unknown): string[] {
  return problemsOf(metricsEntrySchema, value);
}
