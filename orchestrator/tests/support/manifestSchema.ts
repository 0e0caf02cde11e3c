import * as z from 'zod';
import type { Manifest } from '../../src/run/manifestTypes.ts';
import { count, freeObject, problemsOf, runStatus, s1, timestamp } from './schemaParts.ts';
import { learning, tfgrpo } from './learningSchema.ts';
import { controlPlane, handle, privacy, scheduler } from './executionSchema.ts';

/**
 * `manifest.json` as other tools read it: every field with its type, its enum and whether it must be there; no
 * field that they do not know. Written from the field table of the artifacts, apart from the types in `src/`, so
 * that a mistake there does not excuse itself.
 */
const manifestSchema = z.strictObject({
  version: z.int().min(1),
  task_id: s1,
  task_slug: z.string().nullable(),
  run_id: s1,
  parent_run_id: z.string().nullable(),
  pipeline_id: s1,
  pipeline_title: s1,
  runner: z.literal('codex-cli'),
  approval_policy: z.string().nullable(),
  status: runStatus,
  status_detail: z.string().nullable(),
  started_at: timestamp,
  completed_at: timestamp.nullable(),
  updated_at: timestamp,
  heartbeat_at: timestamp.nullable(),
  heartbeat_interval_seconds: z.int().min(1),
  heartbeat_stale_after_seconds: z.int().min(1),
  artifact_root: s1,
  compat_path: s1,
  log_path: s1,
  summary: z.string().nullable(),
  metrics_recorded: z.boolean(),
  resume_token: s1,
  resume_events: z.array(
    z.strictObject({
      timestamp,
      actor: s1,
      reason: s1,
      outcome: z.enum(['accepted', 'blocked']),
      detail: z.string().nullable().optional(),
    }),
  ),
  approvals: z.array(z.strictObject({ actor: s1, timestamp, reason: z.string().nullable().optional() })),
  commands: z.array(
    z.strictObject({
      index: z.int().min(1),
      id: s1,
      title: s1,
      command: z.string().nullable(),
      kind: z.enum(['command', 'subpipeline']),
      status: z.enum(['pending', 'running', 'succeeded', 'failed', 'skipped']),
      started_at: timestamp.nullable(),
      completed_at: timestamp.nullable(),
      exit_code: z.int().nullable(),
      summary: z.string().nullable(),
      log_path: z.string().nullable(),
      error_file: z.string().nullable(),
      sub_run_id: z.string().nullable(),
    }),
  ),
  child_runs: z.array(z.strictObject({ run_id: s1, pipeline_id: s1, status: runStatus, manifest: s1 })),
  run_summary_path: z.string().nullable(),
  plan_target_id: z.string().nullable(),
  instructions_hash: z.string().nullable(),
  instructions_sources: z.array(s1),
  handles: z.array(handle).nullable().optional(),
  control_plane: controlPlane.nullable().optional(),
  guardrails_required: z.boolean().nullable().optional(),
  scheduler: scheduler.nullable().optional(),
  privacy: privacy.nullable().optional(),
  prompt_packs: z
    .array(
      z.strictObject({
        id: z.string(),
        domain: z.string(),
        stamp: z.string(),
        experience_slots: count,
        sources: z.array(z.string()),
        experiences: z.array(z.string()).nullable().optional(),
      }),
    )
    .nullable()
    .optional(),
  guardrail_status: z
    .strictObject({
      present: z.boolean(),
      recommendation: z.string().nullable(),
      summary: s1,
      computed_at: timestamp,
      counts: z.strictObject({ total: count, succeeded: count, failed: count, skipped: count, other: count }),
    })
    .optional(),
  learning: learning.nullable().optional(),
  tfgrpo: tfgrpo.nullable().optional(),
  toolRuns: z.array(freeObject).nullable().optional(),
  design_artifacts: z.array(freeObject).nullable().optional(),
  design_artifacts_summary: freeObject.nullable().optional(),
  design_config_snapshot: freeObject.nullable().optional(),
  design_toolkit_artifacts: z.array(freeObject).nullable().optional(),
  design_toolkit_summary: freeObject.nullable().optional(),
  design_plan: freeObject.nullable().optional(),
  design_guardrail: freeObject.nullable().optional(),
  design_history: freeObject.nullable().optional(),
  design_style_profile: freeObject.nullable().optional(),
  design_metrics: freeObject.nullable().optional(),
});

/** What is wrong with a manifest, one `path: message` each; empty when it is valid. */
export function validateManifest(value: unknown): string[] {
  return problemsOf(manifestSchema, value);
}

/** @throws Error listing everything that is wrong with a manifest. */
export function assertManifest(value: unknown): asserts value is Manifest {
  const problems = validateManifest(value);
  if (problems.length > 0) throw new Error(`This is no valid manifest:\n${problems.join('\n')}`);
}
