import * as z from 'zod';
import { controlPlaneDrift, controlPlaneValidation } from './executionSchema.ts';
import { count, freeObject, guardMode, problemsOf, runStatus, s1, timestamp } from './schemaParts.ts';

const planItem = z.strictObject({
  id: s1,
  description: z.string(),
  requires_cloud: z.boolean(),
  requiresCloud: z.boolean(),
  runnable: z.boolean(),
  selected: z.boolean(),
  metadata: z.strictObject({
    pipelineId: s1,
    stageId: s1,
    stageKind: z.enum(['command', 'subpipeline']),
    index: count,
    requiresCloud: z.boolean(),
    aliases: z.array(z.string()).optional(),
    defaultTarget: z.boolean().optional(),
    executionMode: z.string().optional(),
  }),
});

/** `run-summary.json` of `start` and `resume`. Copies made earlier in a run may lack the last four. */
const pipelineRunSummary = z.strictObject({
  taskId: s1,
  runId: s1,
  mode: z.enum(['mcp', 'cloud']),
  plan: z.strictObject({
    items: z.array(planItem),
    notes: z.string().optional(),
    targetId: z.string().nullable(),
  }),
  build: z.strictObject({
    subtaskId: s1,
    artifacts: z.array(z.strictObject({ path: s1, description: s1 })),
    mode: z.enum(['mcp', 'cloud']),
    runId: s1,
    success: z.boolean(),
    notes: z.string(),
  }),
  test: z.strictObject({
    subtaskId: s1,
    success: z.boolean(),
    reports: z.array(
      z.strictObject({
        name: z.literal('guardrails'),
        status: z.enum(['passed', 'failed']),
        details: z.string(),
      }),
    ),
    runId: s1,
  }),
  review: z.strictObject({
    summary: z.string(),
    decision: z.strictObject({ approved: z.boolean(), feedback: z.string() }),
  }),
  timestamp,
  scheduler: z
    .strictObject({
      mode: z.literal('multi-instance'),
      recovery: freeObject,
      assignments: z.array(
        z.strictObject({
          instanceId: s1,
          capability: s1,
          status: z.enum(['assigned', 'running', 'succeeded', 'failed', 'recovered']),
          attempts: count,
          lastCompletedAt: timestamp.nullable(),
        }),
      ),
    })
    .optional(),
  handles: z
    .array(
      z.strictObject({
        handleId: s1,
        correlationId: s1,
        stageId: z.string().nullable(),
        status: z.enum(['open', 'closed']),
        frameCount: count,
        latestSequence: count,
      }),
    )
    .optional(),
  privacy: z
    .strictObject({
      mode: guardMode,
      totalFrames: count,
      redactedFrames: count,
      blockedFrames: count,
      allowedFrames: count,
    })
    .optional(),
  controlPlane: z
    .strictObject({
      schemaId: s1,
      schemaVersion: s1,
      requestId: s1,
      validation: controlPlaneValidation,
      drift: controlPlaneDrift.nullable().optional(),
    })
    .optional(),
  group: z
    .strictObject({ enabled: z.boolean(), size: count, processed: count, entries: z.array(freeObject) })
    .optional(),
  builds: z.array(freeObject).optional(),
  tests: z.array(freeObject).optional(),
  reviews: z.array(freeObject).optional(),
});

/** `run-summary.json` of `exec`. */
const execRunSummary = z.strictObject({
  type: z.literal('run:summary'),
  timestamp,
  payload: z.strictObject({
    status: runStatus,
    run: z.strictObject({
      id: s1,
      taskId: s1,
      pipelineId: s1,
      manifest: s1,
      artifactRoot: s1,
      summary: z.string().nullable(),
    }),
    result: z.strictObject({
      exitCode: z.int().nullable(),
      signal: z.string().nullable(),
      durationMs: z.number().min(0),
      status: z.enum(['succeeded', 'failed', 'cancelled']),
      sandboxState: z.enum(['sandboxed', 'escalated', 'failed']),
      correlationId: s1,
      attempts: z.int().min(1),
    }),
    command: z.strictObject({
      argv: z.array(z.string()),
      shell: z.union([z.boolean(), z.string()]).nullable(),
      cwd: s1,
      sessionId: z.string().nullable(),
      persisted: z.boolean(),
    }),
    outputs: z.strictObject({ stdout: z.string(), stderr: z.string() }),
    logs: z.strictObject({ runner: s1, command: s1 }),
    toolRun: freeObject.nullable(),
    metrics: freeObject.optional(),
    notifications: z.strictObject({
      targets: z.array(z.string()),
      delivered: z.array(z.string()),
      failures: z.array(z.unknown()),
    }),
  }),
});

/**
 * What is wrong with a `run-summary.json`, one `path: message` each; empty when it is valid. `exec` writes another
 * shape than `start` and `resume`; its `type` field tells.
 */
export function validateRunSummary(value: unknown): string[] {
  const isExec = typeof value === 'object' && value !== null && 'type' in value;
  return problemsOf(isExec ? execRunSummary : pipelineRunSummary, value);
}
