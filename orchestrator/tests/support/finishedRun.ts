import fs from 'node:fs';
import { createManifest } from '../../src/run/createManifest.ts';
import type { Manifest, RunStatus } from '../../src/run/manifestTypes.ts';
import { type RunPaths, runPaths, type TaskEnvironment } from '../../src/run/paths.ts';

/** A finished run whose directory exists: one stage that ended like the run. */
export function finishedRun(
  env: TaskEnvironment,
  runId: string,
  status: RunStatus = 'succeeded',
): { paths: RunPaths; manifest: Manifest } {
  const paths = runPaths(env, runId);
  fs.mkdirSync(paths.runDir, { recursive: true });
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
    stages: [{ id: 'build', title: 'Build', kind: 'command', command: 'true' }],
    now: new Date('2025-11-05T01:00:00Z'),
  });
  manifest.status = status;
  manifest.completed_at = '2025-11-05T01:05:00.000Z';
  const command = manifest.commands[0];
  if (command !== undefined) command.status = status === 'succeeded' ? 'succeeded' : 'failed';
  return { paths, manifest };
}
