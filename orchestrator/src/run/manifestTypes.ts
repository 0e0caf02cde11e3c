/**
 * The shape of `manifest.json`, as other tools read it. Field names, types and enums are fixed from outside:
 * no field is added here. Facts of our own go into files of our own in the run directory.
 */

export type RunStatus = 'queued' | 'in_progress' | 'succeeded' | 'failed' | 'cancelled';
export type CommandStatus = 'pending' | 'running' | 'succeeded' | 'failed' | 'skipped';
export type GuardMode = 'shadow' | 'enforce';

export interface CommandRecord {
  /** 1-based position in the expanded pipeline. */
  index: number;
  id: string;
  title: string;
  /** Shell text; null for a sub-pipeline. */
  command: string | null;
  kind: 'command' | 'subpipeline';
  /** `skipped` means failed but tolerated. */
  status: CommandStatus;
  started_at: string | null;
  completed_at: string | null;
  /** Exit code of the process; 128 for any signal death; null for a sub-pipeline or a failed spawn. */
  exit_code: number | null;
  summary: string | null;
  log_path: string | null;
  error_file: string | null;
  sub_run_id: string | null;
}

export interface ChildRun {
  run_id: string;
  pipeline_id: string;
  status: RunStatus;
  manifest: string;
}

export interface ResumeEvent {
  timestamp: string;
  actor: string;
  reason: string;
  outcome: 'accepted' | 'blocked';
  detail?: string | null;
}

export interface GuardrailStatus {
  present: boolean;
  recommendation: string | null;
  summary: string;
  computed_at: string;
  counts: { total: number; succeeded: number; failed: number; skipped: number; other: number };
}

export interface HandleRecord {
  handle_id: string;
  correlation_id: string;
  stage_id: string | null;
  pipeline_id: string;
  status: 'open' | 'closed';
  /** Kept frames, at most 500. */
  frame_count: number;
  /** All frames. */
  latest_sequence: number;
  created_at: string;
  metadata?: Record<string, unknown>;
}

export interface ControlPlane {
  schema_id: string;
  schema_version: string;
  request_id: string;
  validation: {
    mode: GuardMode;
    status: 'passed' | 'failed';
    timestamp: string;
    errors: { path: string; message: string; value?: unknown; expected?: unknown }[];
  };
  drift?: {
    report_path: string | null;
    total_samples: number;
    invalid_samples: number;
    invalid_rate: number;
    last_sampled_at: string | null;
    mode: GuardMode;
  };
  enforcement?: { enabled: boolean; activated_at: string | null };
}

export interface SchedulerAttempt {
  number: number;
  assigned_at: string;
  started_at: string | null;
  completed_at: string | null;
  status: 'pending' | 'running' | 'completed' | 'failed' | 'requeued';
  recovery_checkpoints: {
    timestamp: string;
    reason: 'missed-heartbeat' | 'manual' | 'auto';
    action: 'requeue' | 'escalate' | 'ack';
    detail?: string;
  }[];
}

export interface SchedulerAssignment {
  instance_id: string;
  capability: string;
  status: 'assigned' | 'running' | 'succeeded' | 'failed' | 'recovered';
  assigned_at: string;
  completed_at: string | null;
  metadata: { weight: number; maxConcurrency: number };
  attempts: SchedulerAttempt[];
}

export interface SchedulerRecord {
  mode: 'multi-instance';
  requested_at: string;
  min_instances: number;
  max_instances: number;
  recovery: {
    heartbeat_interval_seconds: number;
    missing_heartbeat_timeout_seconds: number;
    max_retries: number;
  };
  assignments: SchedulerAssignment[];
}

export interface PrivacyDecision {
  handle_id: string;
  sequence: number;
  action: 'allow' | 'redact' | 'block';
  timestamp: string;
  stage_id: string | null;
  rule?: string | null;
  reason?: string | null;
}

export interface PrivacyRecord {
  mode: GuardMode;
  decisions: PrivacyDecision[];
  totals: {
    total_frames: number;
    redacted_frames: number;
    blocked_frames: number;
    allowed_frames: number;
  };
  log_path?: string | null;
}

export interface ToolMetricsRow {
  tool: string;
  tokens: number;
  cost_usd: number;
  latency_ms: number;
  attempts: number;
  status: string;
  sandbox_state: 'sandboxed' | 'escalated' | 'failed';
}

export interface ToolMetrics {
  tool_calls: number;
  token_total: number;
  cost_usd: number;
  latency_ms: number;
  per_tool: ToolMetricsRow[];
}

export interface TfgrpoRecord {
  epoch?: number | null;
  group_id?: string | null;
  group_size?: number | null;
  tool_metrics?: ToolMetrics;
}

export interface LearningRecord {
  validation?: { mode?: string; grouping?: { id?: string | null } | null; status?: string | null };
  snapshot?: { status?: string | null };
  scenario?: { status?: string | null };
  crystalizer?: { status?: string | null; candidate_path?: string | null };
  alerts?: unknown[];
  approvals?: unknown[];
  review?: { rejections?: number; latency_ms?: number | null };
  regressions?: { detected?: number };
  pattern_hygiene?: { promoted?: number; deprecated?: number };
  throughput?: { candidates?: number };
}

export interface Manifest {
  version: number;
  task_id: string;
  task_slug: string | null;
  run_id: string;
  parent_run_id: string | null;
  pipeline_id: string;
  pipeline_title: string;
  runner: 'codex-cli';
  approval_policy: string | null;
  status: RunStatus;
  status_detail: string | null;
  started_at: string;
  completed_at: string | null;
  updated_at: string;
  heartbeat_at: string | null;
  heartbeat_interval_seconds: number;
  heartbeat_stale_after_seconds: number;
  artifact_root: string;
  compat_path: string;
  log_path: string;
  summary: string | null;
  metrics_recorded: boolean;
  resume_token: string;
  resume_events: ResumeEvent[];
  approvals: { actor: string; timestamp: string; reason?: string | null }[];
  commands: CommandRecord[];
  child_runs: ChildRun[];
  run_summary_path: string | null;
  plan_target_id: string | null;
  instructions_hash: string | null;
  instructions_sources: string[];
  handles?: HandleRecord[] | null;
  control_plane?: ControlPlane | null;
  guardrails_required?: boolean | null;
  scheduler?: SchedulerRecord | null;
  privacy?: PrivacyRecord | null;
  prompt_packs?: unknown[] | null;
  guardrail_status?: GuardrailStatus;
  learning?: LearningRecord | null;
  tfgrpo?: TfgrpoRecord | null;
}
