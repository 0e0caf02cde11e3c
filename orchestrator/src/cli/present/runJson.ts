import type { CommandRecord, Manifest } from '../../run/manifestTypes.ts';
import { loopJson, type LoopDocument } from './loopJson.ts';
import type { LoopReading } from './loopStatus.ts';

/** What the commands that run or end a run print with `--format json`, when the run has ended. */
export interface RunResultDocument {
  run_id: string;
  status: string;
  artifact_root: string;
  /** Repository-relative path. */
  manifest: string;
  log_path: string;
  task_id: string;
  pipeline_id: string;
  status_detail: string | null;
  exit_code: number;
  duration_ms: number;
  summary: string | null;
  commands: CommandDocument[];
  /** null for a run without. */
  loop: LoopDocument | null;
}

export type CommandDocument = Pick<
  CommandRecord,
  | 'index'
  | 'id'
  | 'title'
  | 'kind'
  | 'status'
  | 'exit_code'
  | 'summary'
  | 'log_path'
  | 'error_file'
  | 'sub_run_id'
>;

/** The result of a run that has ended. `durationMs` covers this process's part of it. */
export function runResultJson(
  manifest: Manifest,
  facts: { exitCode: number; durationMs: number; loop: LoopReading | null },
): RunResultDocument {
  return {
    run_id: manifest.run_id,
    status: manifest.status,
    artifact_root: manifest.artifact_root,
    manifest: manifestPath(manifest),
    log_path: manifest.log_path,
    task_id: manifest.task_id,
    pipeline_id: manifest.pipeline_id,
    status_detail: manifest.status_detail,
    exit_code: facts.exitCode,
    duration_ms: Math.round(facts.durationMs),
    summary: manifest.summary,
    commands: manifest.commands.map(commandJson),
    loop: loopJson(facts.loop, manifest.artifact_root),
  };
}

/** Whether somebody works on a run, as far as it is shown. */
export interface LivenessFacts {
  state: string;
  detail: string;
  heartbeatAt: string | null;
}

/** What `status` prints with `--format json`. */
export function statusJson(
  manifest: Manifest,
  liveness: LivenessFacts,
  loop: LoopReading | null,
): Record<string, unknown> {
  return {
    run_id: manifest.run_id,
    status: manifest.status,
    status_detail: manifest.status_detail,
    started_at: manifest.started_at,
    completed_at: manifest.completed_at,
    manifest: manifestPath(manifest),
    artifact_root: manifest.artifact_root,
    log_path: manifest.log_path,
    heartbeat_at: liveness.heartbeatAt ?? manifest.heartbeat_at,
    commands: manifest.commands,
    child_runs: manifest.child_runs,
    task_id: manifest.task_id,
    pipeline_id: manifest.pipeline_id,
    liveness: { state: liveness.state, detail: liveness.detail },
    loop: loopJson(loop, manifest.artifact_root),
  };
}

function commandJson(command: CommandRecord): CommandDocument {
  const { index, id, title, kind, status, exit_code, summary, log_path, error_file, sub_run_id } = command;
  return { index, id, title, kind, status, exit_code, summary, log_path, error_file, sub_run_id };
}

function manifestPath(manifest: Manifest): string {
  return `${manifest.artifact_root}/manifest.json`;
}
