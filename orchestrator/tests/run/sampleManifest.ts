import { createManifest } from '../../src/run/createManifest.ts';
import type { Manifest } from '../../src/run/manifestTypes.ts';
import { runPaths, type TaskEnvironment } from '../../src/run/paths.ts';

/** The manifest of a run that has not begun, with a command stage for each id. */
export function sampleManifest(env: TaskEnvironment, stageIds: string[], runId = 'run-1'): Manifest {
  return createManifest({
    env,
    paths: runPaths(env, runId),
    taskSlug: env.taskId,
    pipelineId: 'diagnostics',
    pipelineTitle: 'Diagnostics',
    guardrailsRequired: false,
    parentRunId: null,
    approvalPolicy: null,
    planTargetId: null,
    resumeToken: 'ab'.repeat(32),
    privacyMode: 'shadow',
    stages: stageIds.map((id) => ({ id, title: id, kind: 'command', command: 'true' })),
    now: new Date('2026-11-22T12:00:00.000Z'),
  });
}
