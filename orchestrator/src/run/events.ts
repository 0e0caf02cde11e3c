import type { LoopProgress } from './loopProgress.ts';
import type { CommandStatus, RunStatus } from './manifestTypes.ts';
import type { RunProfile } from './profile.ts';

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
        /** It runs in this process: what it prints is meant for people as it comes. */
        builtin: boolean;
        status: CommandStatus;
      }[];
    })
  | (StageBase & {
      type: 'stage:started';
      kind: 'command' | 'subpipeline';
      builtin: boolean;
      logPath: string | null;
      attempt: number;
    })
  | (StageBase & {
      type: 'stage:retrying';
      attempt: number;
      maxAttempts: number;
      reason: string;
    })
  /** A sub-pipeline stage has its child run; that one has said `run:started` before. */
  | (StageBase & { type: 'stage:child'; childRunId: string })
  | (StageBase & { type: 'stage:output'; stream: 'stdout' | 'stderr'; data: Buffer })
  /** How the loop that is a stage stands now. */
  | (StageBase & { type: 'loop:progress'; progress: LoopProgress })
  | (StageBase & {
      type: 'stage:completed';
      kind: 'command' | 'subpipeline';
      builtin: boolean;
      status: CommandStatus;
      exitCode: number | null;
      signal: string | null;
      durationMs: number;
      /** Of a builtin stage: a sentence about its end, and on further lines what people must be warned of. */
      summary: string | null;
      logPath: string | null;
      subRunId: string | null;
      flaky: boolean;
      /** The run whose result the stage cache has restored; null for a stage that ran. */
      cachedFrom: string | null;
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
      profile: RunProfile;
    });

/** Receives events in order. Must not throw and must not block. */
export type RunListener = (event: RunEvent) => void;
