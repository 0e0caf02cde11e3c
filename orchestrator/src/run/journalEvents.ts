import type { ChildRun, CommandStatus, PrivacyDecision, RunStatus, ToolMetrics } from './manifestTypes.ts';

interface StageFact {
  /** 1-based stage index at the time of the event. */
  index: number;
  /** Lets a replay find the stage after the pipeline was edited between attempts. */
  stage_id: string;
}

interface RunFact {
  index: 0;
}

/** What one command attempt printed, counted; the bytes themselves are in the stage log. */
export interface OutputCounts {
  frames: number;
  redacted_frames: number;
  blocked_frames: number;
  allowed_frames: number;
  /** Only for frames a rule touched, and only the first of them; all are in `privacy-decisions.ndjson`. */
  decisions: PrivacyDecision[];
}

/**
 * The facts of a run, one line each in `runner.ndjson`. The `command:*` and `exec:*` types and their keys are
 * fixed by the artifact contract (section 7); `run:*`, `subpipeline:*` and the additional keys are ours and make
 * the journal enough to rebuild the manifest from.
 */
export type JournalEvent =
  | (RunFact & { type: 'run:begin'; run_id: string; pipeline_id: string; stages: string[] })
  | (RunFact & { type: 'run:resume'; actor: string; reason: string; stages: string[] })
  | (RunFact & {
      type: 'run:end';
      status: RunStatus;
      status_detail: string | null;
      summary: string | null;
    })
  | (StageFact & { type: 'command:start'; command: string; log_path: string })
  | (StageFact & {
      type: 'exec:begin';
      correlation_id: string;
      attempt: number;
      command: string;
      args: string[];
      cwd: string;
      session_id: string | null;
      sandbox_state: 'sandboxed';
      persisted: boolean;
      handle_id: string;
      pid: number | null;
      process_start: string | null;
      host: string;
      boot_id: string | null;
      pid_namespace?: string;
    })
  | (StageFact & {
      type: 'exec:retry';
      correlation_id: string;
      attempt: number;
      delay_ms: number;
      sandbox_state: 'sandboxed';
      error: string;
    })
  | (StageFact & {
      type: 'exec:end';
      correlation_id: string;
      attempt: number;
      exit_code: number | null;
      signal: string | null;
      duration_ms: number;
      status: 'succeeded' | 'failed';
      handle_id: string;
      pipes_held: boolean;
      output: OutputCounts;
    })
  | (StageFact & {
      type: 'command:end';
      exit_code: number | null;
      signal: string | null;
      duration_ms: number;
      status: CommandStatus;
      summary: string | null;
      error_file: string | null;
      attempts: number;
      /** Of a stage that has succeeded while the stage cache was in use: what those that need it know it by. */
      cache_key?: string;
      /** What the tools of a stage cost that runs in this process, over all attempts of the run. */
      tool_metrics?: ToolMetrics;
    })
  | (StageFact & {
      /** A process that a stage in this process has started. */
      type: 'process:begin';
      handle_id: string;
      name: string;
      pid: number;
      process_start: string | null;
      host: string;
      boot_id: string | null;
      pid_namespace?: string;
    })
  | (StageFact & { type: 'process:end'; handle_id: string })
  | (StageFact & { type: 'subpipeline:start'; pipeline: string; sub_run_id: string })
  | (StageFact & {
      type: 'subpipeline:end';
      pipeline: string;
      duration_ms: number;
      status: CommandStatus;
      summary: string | null;
      child: ChildRun | null;
      cache_key?: string;
    })
  | (StageFact & {
      /** The stage did not run: its outputs were restored, and what it had printed was printed again. */
      type: 'cache:hit';
      correlation_id: string;
      handle_id: string;
      key: string;
      /** The run whose result it is. */
      source_run_id: string;
      output: OutputCounts;
    });

/** An event as it stands in the file. */
export type StampedEvent = JournalEvent & { timestamp: string };
