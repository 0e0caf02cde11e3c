import type { Manifest, PrivacyDecision, ToolMetricsRow } from '../../run/manifestTypes.ts';

/** One line of `metrics.json` as this version writes it (artifact contract, section 4). */
export interface MetricsEntry {
  run_id: string;
  task_id: string;
  pipeline_id: string;
  status: string;
  started_at: string;
  completed_at: string | null;
  duration_seconds: number | null;
  commands_passed: number;
  commands_failed: number;
  guardrails_present: boolean;
  recorded_at: string;
  artifact_path: string;
  child_runs: number;
  control_plane_status: string;
  scheduler_mode: string | null;
  instance_stats: {
    instance_id: string;
    capability: string;
    status: string;
    attempts: number;
    recovery_events: number;
  }[];
  privacy_mode: string | null;
  privacy_log_path: string | null;
  privacy_event_count: number;
  /** Present only when `privacy_events` was cut. */
  privacy_events_truncated?: true;
  privacy_events: PrivacyDecision[];
  handle_count: number;
  tfgrpo_epoch: number | null;
  tfgrpo_group_id: string | null;
  tfgrpo_group_size: number | null;
  tool_calls: number;
  token_total: number;
  cost_usd: number;
  latency_ms: number;
  tool_stats: ToolMetricsRow[];
  learning_validation_status: string | null;
  learning_snapshot_status: string | null;
  learning_scenario_status: string | null;
  learning_crystalizer_status: string | null;
  learning_alerts: number;
  learning_group_id: string | null;
  learning_review_rejections: number;
  learning_review_latency_ms: number | null;
  learning_regressions_detected: number;
  learning_pattern_promoted: number;
  learning_pattern_deprecated: number;
  learning_throughput_candidates: number;
}

/**
 * Builds the metrics entry of a finished run. Pure.
 *
 * @param recordedAt UTC ISO-8601 timestamp of the recording.
 * @param privacyEventsMax most privacy decisions to keep; `Infinity` keeps all.
 */
export function buildMetricsEntry(
  manifest: Manifest,
  recordedAt: string,
  privacyEventsMax: number,
): MetricsEntry {
  return {
    run_id: manifest.run_id,
    task_id: manifest.task_id,
    pipeline_id: manifest.pipeline_id,
    status: manifest.status,
    started_at: manifest.started_at,
    completed_at: manifest.completed_at,
    duration_seconds: durationSeconds(manifest),
    commands_passed: countCommands(manifest, 'succeeded'),
    commands_failed: countCommands(manifest, 'failed'),
    guardrails_present: manifest.guardrail_status?.present ?? false,
    recorded_at: recordedAt,
    artifact_path: manifest.artifact_root,
    child_runs: manifest.child_runs.length,
    control_plane_status: manifest.control_plane?.validation.status ?? 'unknown',
    ...schedulerFields(manifest),
    ...privacyFields(manifest, privacyEventsMax),
    handle_count: manifest.handles?.length ?? 0,
    ...toolFields(manifest),
    ...learningFields(manifest),
  };
}

function durationSeconds(manifest: Manifest): number | null {
  const ms = Date.parse(manifest.completed_at ?? '') - Date.parse(manifest.started_at);
  return Number.isNaN(ms) ? null : Math.max(0, ms) / 1000;
}

function countCommands(manifest: Manifest, status: 'succeeded' | 'failed'): number {
  return manifest.commands.filter((command) => command.status === status).length;
}

function schedulerFields({ scheduler }: Manifest) {
  const assignments = scheduler?.assignments ?? [];
  return {
    scheduler_mode: scheduler?.mode ?? null,
    instance_stats: assignments.map((assignment) => ({
      instance_id: assignment.instance_id,
      capability: assignment.capability,
      status: assignment.status,
      attempts: assignment.attempts.length,
      recovery_events: assignment.attempts.reduce(
        (total, attempt) => total + attempt.recovery_checkpoints.length,
        0,
      ),
    })),
  };
}

function privacyFields({ privacy }: Manifest, max: number) {
  const decisions = privacy?.decisions ?? [];
  return {
    privacy_mode: privacy?.mode ?? null,
    privacy_log_path: privacy?.log_path ?? null,
    privacy_event_count: decisions.length,
    ...(decisions.length > max && { privacy_events_truncated: true as const }),
    privacy_events: decisions.slice(0, max),
  };
}

function toolFields({ tfgrpo }: Manifest) {
  const tools = tfgrpo?.tool_metrics;
  return {
    tfgrpo_epoch: tfgrpo?.epoch ?? null,
    tfgrpo_group_id: tfgrpo?.group_id ?? null,
    tfgrpo_group_size: tfgrpo?.group_size ?? null,
    tool_calls: tools?.tool_calls ?? 0,
    token_total: tools?.token_total ?? 0,
    cost_usd: tools?.cost_usd ?? 0,
    latency_ms: tools?.latency_ms ?? 0,
    tool_stats: tools?.per_tool ?? [],
  };
}

function learningFields({ learning }: Manifest) {
  return {
    learning_validation_status: learning?.validation?.status ?? null,
    learning_snapshot_status: learning?.snapshot?.status ?? null,
    learning_scenario_status: learning?.scenario?.status ?? null,
    learning_crystalizer_status: learning?.crystalizer?.status ?? null,
    learning_alerts: learning?.alerts?.length ?? 0,
    learning_group_id: learning?.validation?.grouping?.id ?? null,
    learning_review_rejections: learning?.review?.rejections ?? 0,
    learning_review_latency_ms: learning?.review?.latency_ms ?? null,
    learning_regressions_detected: learning?.regressions?.detected ?? 0,
    learning_pattern_promoted: learning?.pattern_hygiene?.promoted ?? 0,
    learning_pattern_deprecated: learning?.pattern_hygiene?.deprecated ?? 0,
    learning_throughput_candidates:
      learning?.throughput?.candidates ?? (learning?.crystalizer?.candidate_path ? 1 : 0),
  };
}
