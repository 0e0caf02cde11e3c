import { createManifest } from '../../src/run/createManifest.ts';
import type { LearningRecord, Manifest, RunStatus, TfgrpoRecord } from '../../src/run/manifestTypes.ts';
import { type RunPaths, runPaths, type TaskEnvironment } from '../../src/run/paths.ts';

const FIRST_START_MS = Date.parse('2024-01-01T00:00:00Z');
const MS_BETWEEN_RUNS = 30_000;
const TOOLS = ['cli:command', 'fs:patch'];

/**
 * The manifest of a run that has just ended and is not recorded yet. Pure: the same `index` gives the same run. One run in
 * sixteen has failed.
 *
 * @param index number of the run within its task, from 0
 */
export function finishedRun(env: TaskEnvironment, index: number): { paths: RunPaths; manifest: Manifest } {
  const started = new Date(FIRST_START_MS + index * MS_BETWEEN_RUNS);
  const paths = runPaths(env, runIdOf(started, index));
  const status: RunStatus = index % 16 === 7 ? 'failed' : 'succeeded';
  const manifest = createManifest({
    env,
    paths,
    taskSlug: env.taskId,
    pipelineId: 'diagnostics',
    pipelineTitle: 'Diagnostics',
    guardrailsRequired: false,
    parentRunId: null,
    approvalPolicy: null,
    planTargetId: null,
    resumeToken: 'f'.repeat(64),
    privacyMode: 'shadow',
    stages: [{ id: 'test', title: 'Test', kind: 'command', command: 'npm test' }],
    now: started,
  });
  const durationMs = 1000 + ((index * 7919) % 90_000);
  manifest.status = status;
  manifest.completed_at = new Date(started.getTime() + durationMs).toISOString();
  for (const command of manifest.commands) command.status = status === 'failed' ? 'failed' : 'succeeded';
  manifest.tfgrpo = toolsOf(index, durationMs);
  manifest.learning = learningOf(index, status);
  return { paths, manifest };
}

/** As `createRunId` makes them, but not by chance. */
function runIdOf(started: Date, index: number): string {
  const scattered = (Math.imul(index + 1, 0x9e37_79b1) >>> 0).toString(16).padStart(8, '0');
  return `${started.toISOString().replaceAll(/[:.]/g, '-')}-${scattered}`;
}

function toolsOf(index: number, durationMs: number): TfgrpoRecord {
  const tokens = 800 + ((index * 613) % 5000);
  const perTool = TOOLS.slice(0, index % 4 === 0 ? 2 : 1).map((tool) => ({
    tool,
    tokens,
    cost_usd: tokens / 500_000,
    latency_ms: durationMs,
    attempts: 1,
    status: 'succeeded',
    sandbox_state: 'sandboxed' as const,
  }));
  return {
    epoch: 1 + (index % 5),
    group_id: null,
    group_size: 1,
    tool_metrics: {
      tool_calls: perTool.length,
      token_total: tokens * perTool.length,
      cost_usd: (tokens * perTool.length) / 500_000,
      latency_ms: durationMs * perTool.length,
      per_tool: perTool,
    },
  };
}

function learningOf(index: number, status: RunStatus): LearningRecord {
  return {
    validation: {
      mode: 'per-task',
      grouping: null,
      status: status === 'failed' ? 'snapshot_failed' : 'validated',
    },
    alerts: [],
    approvals: [],
    review: { rejections: index % 3, latency_ms: 200 + (index % 700) },
    pattern_hygiene: { promoted: index % 2, deprecated: 0 },
  };
}
