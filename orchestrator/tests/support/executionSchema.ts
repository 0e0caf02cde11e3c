import * as z from 'zod';
import { count, freeObject, guardMode, s1, timestamp } from './schemaParts.ts';

/** The manifest's objects about how stages were executed. */

export const handle = z.strictObject({
  handle_id: z.uuid(),
  correlation_id: z.uuid(),
  stage_id: z.string().nullable(),
  pipeline_id: s1,
  status: z.enum(['open', 'closed']),
  frame_count: count.max(500),
  latest_sequence: count,
  created_at: timestamp,
  metadata: freeObject.optional(),
});

export const controlPlaneValidation = z.strictObject({
  mode: guardMode,
  status: z.enum(['passed', 'failed']),
  timestamp,
  errors: z.array(
    z.strictObject({
      path: z.string(),
      message: z.string(),
      value: z.unknown().optional(),
      expected: z.unknown().optional(),
    }),
  ),
});

export const controlPlaneDrift = z.strictObject({
  report_path: z.string().nullable(),
  total_samples: count,
  invalid_samples: count,
  invalid_rate: z.number().min(0),
  last_sampled_at: timestamp.nullable(),
  mode: guardMode,
});

export const controlPlane = z.strictObject({
  schema_id: z.literal('codex.control-plane.run-request'),
  schema_version: z.literal('2.0.0'),
  request_id: s1,
  validation: controlPlaneValidation,
  drift: controlPlaneDrift.optional(),
  enforcement: z.strictObject({ enabled: z.boolean(), activated_at: timestamp.nullable() }).optional(),
});

const schedulerAttempt = z.strictObject({
  number: z.int().min(1),
  assigned_at: timestamp,
  started_at: timestamp.nullable(),
  completed_at: timestamp.nullable(),
  status: z.enum(['pending', 'running', 'completed', 'failed', 'requeued']),
  recovery_checkpoints: z.array(
    z.strictObject({
      timestamp,
      reason: z.enum(['missed-heartbeat', 'manual', 'auto']),
      action: z.enum(['requeue', 'escalate', 'ack']),
      detail: z.string().optional(),
    }),
  ),
});

export const scheduler = z.strictObject({
  mode: z.literal('multi-instance'),
  requested_at: timestamp,
  min_instances: z.int().min(1),
  max_instances: z.int().min(1),
  recovery: z.strictObject({
    heartbeat_interval_seconds: count,
    missing_heartbeat_timeout_seconds: count,
    max_retries: count,
  }),
  assignments: z.array(
    z.strictObject({
      instance_id: s1,
      capability: s1,
      status: z.enum(['assigned', 'running', 'succeeded', 'failed', 'recovered']),
      assigned_at: timestamp,
      completed_at: timestamp.nullable(),
      metadata: z.strictObject({ weight: z.number().min(0), maxConcurrency: z.int().min(1) }),
      attempts: z.array(schedulerAttempt),
    }),
  ),
});

export const privacyDecision = z.strictObject({
  handle_id: s1,
  sequence: count,
  action: z.enum(['allow', 'redact', 'block']),
  timestamp,
  stage_id: z.string().nullable(),
  rule: z.string().nullable().optional(),
  reason: z.string().nullable().optional(),
});

export const privacy = z.strictObject({
  mode: guardMode,
  decisions: z.array(privacyDecision),
  totals: z.strictObject({
    total_frames: count,
    redacted_frames: count,
    blocked_frames: count,
    allowed_frames: count,
  }),
  log_path: z.string().nullable().optional(),
});
