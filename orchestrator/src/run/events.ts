import type { CommandStatus, RunStatus } from './manifestTypes.ts';

interface Base {
  /** UTC ISO-8601 with milliseconds. */
  timestamp: string;
  runId: string;
  taskId: string;
  /** 0 for the run the user started, 1 for its child runs, and so on. */
  depth: number;
}

interface StageBase extends Base {
  stageId: string;
  /** 1-based. */
  stageIndex: number;
  title: string;
}

/**
 * What happens while a run works, told in process to every listener (console, live view, JSON lines). Events
 * never change the manifest and are not persisted; the journal holds what must survive.
 */
export type RunEvent =
  | (Base & {
      type: 'run:started';
      pipelineId: string;
      pipelineTitle: string;
      /** Repository-relative. */
      manifestPath: string;
      logPath: string;
      status: RunStatus;
      resumed: boolean;
      stages: {
        id: string;
        index: number;
        title: string;
        kind: 'command' | 'subpipeline';
        status: CommandStatus;
      }[];
    })
  | (StageBase & {
      type: 'stage:started';
      kind: 'command' | 'subpipeline';
      logPath: string | null;
      attempt: number;
    })
  | (StageBase & {
      type: 'stage:retrying';
      attempt: number;
      maxAttempts: number;
      reason: string;
    })
  | (StageBase & { type: 'stage:output'; stream: 'stdout' | 'stderr'; data: Buffer })
  | (StageBase & {
      type: 'stage:completed';
      kind: 'command' | 'subpipeline';
      status: CommandStatus;
      exitCode: number | null;
      signal: string | null;
      durationMs: number;
      summary: string | null;
      logPath: string | null;
      subRunId: string | null;
      flaky: boolean;
      /** Last bytes of the stage's output, both streams in order, decoded; at most a few KB. */
      outputTail: string;
    })
  | (Base & { type: 'warning'; message: string })
  | (Base & { type: 'run:cancelling'; reason: string; graceMs: number })
  | (Base & {
      type: 'run:completed';
      pipelineId: string;
      status: RunStatus;
      statusDetail: string | null;
      manifestPath: string;
      runSummaryPath: string | null;
      metricsPath: string | null;
      summary: string | null;
      durationMs: number;
    });

/** Receives events in order. Must not throw and must not block. */
export type RunListener = (event: RunEvent) => void;
