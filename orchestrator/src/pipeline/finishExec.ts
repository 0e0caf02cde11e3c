import type { Manifest } from '../run/manifestTypes.ts';
import { artifactPath, type TaskEnvironment, taskPaths } from '../run/paths.ts';
import { jsonDocument, replaceFileSync } from '../storage/replaceFile.ts';
import type { ExecObservation } from './execObserver.ts';
import { recordRunEnd } from './recordRunEnd.ts';
import { emit, type ExecutionResult, type RunContext } from './runContext.ts';

export interface ExecRequest {
  env: TaskEnvironment;
  /** Program and arguments. */
  argv: string[];
  /** Absolute directory to run in. */
  cwd: string;
  /** Tells others of the run once its result is certain; must not throw. */
  notify(summary: ExecSummary): Promise<Notifications>;
}

/** What became of the notifications about a run. */
export interface Notifications {
  targets: string[];
  delivered: string[];
  failures: { target: string; error: string }[];
}

/** The summary of an `exec` run: event-shaped, unlike that of a pipeline (artifact contract, section 6). */
export type ExecSummary = ReturnType<typeof buildExecSummary>;

/**
 * Final evidence of an `exec` run: as for a pipeline, but with its own summary and without `runs.json`. Returns the
 * summary as written. Throws errno errors; what was written before stays.
 */
export async function finishExec(
  context: RunContext,
  request: ExecRequest,
  observation: ExecObservation,
  result: ExecutionResult,
): Promise<ExecSummary> {
  const { env, paths, store, profiler } = context;
  const { manifest } = store;
  const now = new Date();
  const statusDetail = result.status === 'failed' ? 'exec-failed' : result.statusDetail;
  const text = manifest.commands[0]?.summary ?? null;
  const synced = recordRunEnd(context, { ...result, statusDetail }, text, now);
  const summary = buildExecSummary(context, request, observation, now.toISOString());
  summary.payload.notifications = await request.notify(summary);
  await profiler.measure('summary', async () => {
    replaceFileSync(paths.runSummaryPath, jsonDocument(summary), { activity: profiler.activity });
  });
  await profiler.measure('manifest', () => store.persist());
  const { warnings } = await profiler.measure('metrics', () =>
    context.settings.record(env, paths, manifest, { persist: () => store.persist() }),
  );
  await synced;
  for (const message of warnings) emit(context, { type: 'warning', message });
  return summary;
}

function buildExecSummary(
  { env, paths, store }: RunContext,
  request: ExecRequest,
  observation: ExecObservation,
  timestamp: string,
) {
  const { manifest } = store;
  const command = manifest.commands[0];
  const notifications: Notifications = { targets: [], delivered: [], failures: [] };
  return {
    type: 'run:summary' as const,
    timestamp,
    payload: {
      status: manifest.status,
      run: {
        id: manifest.run_id,
        taskId: manifest.task_id,
        pipelineId: manifest.pipeline_id,
        manifest: artifactPath(env, paths.manifestPath),
        artifactRoot: manifest.artifact_root,
        summary: manifest.summary,
      },
      result: {
        exitCode: command?.exit_code ?? null,
        signal: observation.signal,
        durationMs: observation.durationMs,
        status: manifest.status === 'succeeded' ? ('succeeded' as const) : ('failed' as const),
        sandboxState: 'sandboxed' as const,
        correlationId: correlationId(manifest),
        attempts: manifest.handles?.length ?? 0,
      },
      command: {
        argv: request.argv,
        shell: false,
        cwd: request.cwd,
        sessionId: null,
        persisted: false,
      },
      outputs: { stdout: observation.stdout.text(), stderr: observation.stderr.text() },
      logs: { runner: manifest.log_path, command: command?.log_path ?? null },
      toolRun: null,
      metrics: artifactPath(env, taskPaths(env).metricsPath),
      notifications,
    },
  };
}

function correlationId(manifest: Manifest): string | null {
  return manifest.handles?.at(-1)?.correlation_id ?? null;
}
