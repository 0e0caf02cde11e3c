import type { Manifest } from './manifestTypes.ts';

/** One stage in a plan as `plan --format json` and `run-summary.json` show it (artifact contract, section 6). */
export interface PlanItem {
  /** `<pipeline>:<stage>`. */
  id: string;
  description: string;
  requires_cloud: boolean;
  requiresCloud: boolean;
  runnable: boolean;
  selected: boolean;
  metadata: {
    pipelineId: string;
    stageId: string;
    stageKind: string;
    /** 0-based. */
    index: number;
    requiresCloud: boolean;
    aliases?: string[];
    defaultTarget?: boolean;
    executionMode?: string;
  };
}

export interface PlanDocument {
  items: PlanItem[];
  notes?: string;
  targetId: string | null;
}

/** The document of `run-summary.json`, also an item of `runs.json` (artifact contract, section 6). */
export type RunSummary = ReturnType<typeof buildRunSummary>;

/** Builds the summary of a finished run from its manifest and plan. `timestamp` orders runs in `runs.json`. Pure. */
export function buildRunSummary(manifest: Manifest, plan: PlanDocument, timestamp: string) {
  const subtaskId = manifest.plan_target_id ?? plan.targetId ?? manifest.pipeline_id;
  const success = manifest.status === 'succeeded';
  const guardrails = manifest.guardrail_status;
  const guarded = success && guardrails?.present === true;
  return {
    taskId: manifest.task_id,
    runId: manifest.run_id,
    mode: 'mcp' as const,
    plan,
    build: {
      subtaskId,
      artifacts: [
        { path: `${manifest.artifact_root}/manifest.json`, description: 'Run manifest' },
        { path: manifest.log_path, description: 'Run journal' },
      ],
      mode: 'mcp' as const,
      runId: manifest.run_id,
      success,
      notes: manifest.commands
        .filter((command) => command.summary !== null)
        .map((command) => `${command.title}: ${command.summary}`)
        .join('\n'),
    },
    test: {
      subtaskId,
      success: guarded,
      reports: [
        {
          name: 'guardrails',
          status: guarded ? ('passed' as const) : ('failed' as const),
          details: guardrails?.summary ?? 'Guardrails: not computed',
        },
      ],
      runId: manifest.run_id,
    },
    review: {
      summary: manifest.summary ?? `Run ${manifest.status}.`,
      decision: {
        approved: guarded,
        feedback: guardrails?.recommendation ?? (guarded ? 'All guardrails passed.' : 'Review skipped.'),
      },
    },
    timestamp,
    ...schedulerPart(manifest),
    ...evidencePart(manifest),
  };
}

function schedulerPart(manifest: Manifest) {
  const scheduler = manifest.scheduler;
  if (!scheduler) return {};
  return {
    scheduler: {
      mode: scheduler.mode,
      recovery: scheduler.recovery,
      assignments: scheduler.assignments.map((assignment) => ({
        instanceId: assignment.instance_id,
        capability: assignment.capability,
        status: assignment.status,
        attempts: assignment.attempts.length,
        lastCompletedAt: assignment.completed_at,
      })),
    },
  };
}

function evidencePart(manifest: Manifest) {
  const { handles, privacy, control_plane: controlPlane } = manifest;
  return {
    ...(handles && {
      handles: handles.map((handle) => ({
        handleId: handle.handle_id,
        correlationId: handle.correlation_id,
        stageId: handle.stage_id,
        status: handle.status,
        frameCount: handle.frame_count,
        latestSequence: handle.latest_sequence,
      })),
    }),
    ...(privacy && {
      privacy: {
        mode: privacy.mode,
        totalFrames: privacy.totals.total_frames,
        redactedFrames: privacy.totals.redacted_frames,
        blockedFrames: privacy.totals.blocked_frames,
        allowedFrames: privacy.totals.allowed_frames,
      },
    }),
    ...(controlPlane && {
      controlPlane: {
        schemaId: controlPlane.schema_id,
        schemaVersion: controlPlane.schema_version,
        requestId: controlPlane.request_id,
        validation: controlPlane.validation,
        drift: controlPlane.drift ?? null,
      },
    }),
  };
}
