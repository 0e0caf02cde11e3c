import type { CommandRecord, GuardMode, Manifest } from './manifestTypes.ts';
import { artifactPath, type RunPaths, type TaskEnvironment } from './paths.ts';

/** Seconds between heartbeats; part of the artifact contract. */
export const HEARTBEAT_INTERVAL_SECONDS = 5;

/** Age in seconds after which a heartbeat says nothing about life any more. */
const HEARTBEAT_STALE_SECONDS = 30;

export interface ManifestStage {
  id: string;
  title: string;
  kind: 'command' | 'subpipeline';
  /** Shell text; null for a sub-pipeline. */
  command: string | null;
}

export interface ManifestInput {
  env: TaskEnvironment;
  paths: RunPaths;
  taskSlug: string | null;
  pipelineId: string;
  pipelineTitle: string;
  guardrailsRequired: boolean;
  parentRunId: string | null;
  approvalPolicy: string | null;
  planTargetId: string | null;
  resumeToken: string;
  privacyMode: GuardMode;
  stages: ManifestStage[];
  now: Date;
}

/** Builds the manifest of a run that has not begun: status `queued`, every stage `pending`. Pure. */
export function createManifest(input: ManifestInput): Manifest {
  const { env, paths } = input;
  const now = input.now.toISOString();
  return {
    version: 1,
    task_id: env.taskId,
    task_slug: input.taskSlug,
    run_id: paths.runId,
    parent_run_id: input.parentRunId,
    pipeline_id: input.pipelineId,
    pipeline_title: input.pipelineTitle,
    runner: 'codex-cli',
    approval_policy: input.approvalPolicy,
    status: 'queued',
    status_detail: null,
    started_at: now,
    completed_at: null,
    updated_at: now,
    heartbeat_at: now,
    heartbeat_interval_seconds: HEARTBEAT_INTERVAL_SECONDS,
    heartbeat_stale_after_seconds: HEARTBEAT_STALE_SECONDS,
    artifact_root: artifactPath(env, paths.runDir),
    compat_path: artifactPath(env, paths.compatDir),
    log_path: artifactPath(env, paths.journalPath),
    summary: null,
    metrics_recorded: false,
    resume_token: input.resumeToken,
    resume_events: [],
    approvals: [],
    commands: input.stages.map(pendingCommand),
    child_runs: [],
    run_summary_path: null,
    plan_target_id: input.planTargetId,
    instructions_hash: null,
    instructions_sources: [],
    guardrails_required: input.guardrailsRequired,
    privacy: {
      mode: input.privacyMode,
      decisions: [],
      totals: { total_frames: 0, redacted_frames: 0, blocked_frames: 0, allowed_frames: 0 },
      log_path: artifactPath(env, paths.privacyLogPath),
    },
    prompt_packs: [],
    learning: {
      validation: { mode: 'per-task', grouping: null, status: 'pending' },
      alerts: [],
      approvals: [],
    },
    tfgrpo: null,
  };
}

/** The record of a stage that has not run yet, at position `offset` (0-based). */
export function pendingCommand(stage: ManifestStage, offset: number): CommandRecord {
  return {
    index: offset + 1,
    id: stage.id,
    title: stage.title,
    command: stage.command,
    kind: stage.kind,
    status: 'pending',
    started_at: null,
    completed_at: null,
    exit_code: null,
    summary: null,
    log_path: null,
    error_file: null,
    sub_run_id: null,
  };
}
