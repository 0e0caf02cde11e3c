import * as z from 'zod';
import { count } from './schemaParts.ts';

/**
 * The manifest's objects of features that this tool does not have. Other tools fill them; only the fields that
 * metrics are taken from are fixed, so these objects may hold more.
 */

const text = z.string().nullable().optional();

export const validationStatus = z.enum([
  'pending',
  'validated',
  'snapshot_failed',
  'stalled_snapshot',
  'needs_manual_scenario',
]);
export const snapshotStatus = z.enum(['pending', 'captured', 'snapshot_failed', 'stalled_snapshot']);
export const scenarioStatus = z.enum(['pending', 'synthesized', 'needs_manual_scenario']);
export const crystalizerStatus = z.enum(['pending', 'succeeded', 'skipped', 'failed']);

export const learning = z.looseObject({
  validation: z
    .looseObject({
      mode: z.enum(['per-task', 'grouped']).optional(),
      grouping: z.looseObject({ id: text }).nullable().optional(),
      status: validationStatus.optional(),
    })
    .optional(),
  snapshot: z.looseObject({ status: snapshotStatus.optional() }).nullable().optional(),
  scenario: z.looseObject({ status: scenarioStatus.optional() }).nullable().optional(),
  crystalizer: z
    .looseObject({ status: crystalizerStatus.optional(), candidate_path: text })
    .nullable()
    .optional(),
  alerts: z.array(z.unknown()).optional(),
  approvals: z.array(z.unknown()).optional(),
  review: z
    .looseObject({ rejections: count.optional(), latency_ms: z.number().nullable().optional() })
    .optional(),
  regressions: z.looseObject({ detected: count.optional() }).optional(),
  pattern_hygiene: z.looseObject({ promoted: count.optional(), deprecated: count.optional() }).optional(),
  throughput: z.looseObject({ candidates: count.optional() }).optional(),
});

export const toolMetricsRow = z.strictObject({
  tool: z.string(),
  tokens: z.number(),
  cost_usd: z.number(),
  latency_ms: z.number(),
  attempts: z.int().min(1),
  status: z.string(),
  sandbox_state: z.enum(['sandboxed', 'escalated', 'failed']),
});

export const tfgrpo = z.looseObject({
  epoch: z.int().nullable().optional(),
  group_id: text,
  group_size: z.int().nullable().optional(),
  tool_metrics: z
    .strictObject({
      tool_calls: count,
      token_total: z.number(),
      cost_usd: z.number(),
      latency_ms: z.number(),
      per_tool: z.array(toolMetricsRow),
    })
    .optional(),
});
