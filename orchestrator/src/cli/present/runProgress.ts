import type { RunEvent } from '../../run/events.ts';
import type { LoopProgress } from '../../run/loopProgress.ts';
import type { CommandStatus, RunStatus } from '../../run/manifestTypes.ts';
import type { RunProfile } from '../../run/profile.ts';

/** A stage as the display knows it. */
export interface StageProgress {
  id: string;
  title: string;
  kind: 'command' | 'subpipeline';
  /** It runs in the process of the orchestrator; its output is shown as it comes. */
  builtin: boolean;
  status: CommandStatus;
  /** Attempt that runs or ran last; 0 before the first. */
  attempt: number;
  /** Clock reading at the start, ms; null while it does not run in this process. */
  startedAtMs: number | null;
  durationMs: number | null;
  exitCode: number | null;
  /** The signal that ended it; undefined where that is not known, as for a run of the past. */
  signal?: string | null;
  summary: string | null;
  logPath: string | null;
  subRunId: string | null;
  flaky: boolean;
  /** The run whose result was restored instead of running it; null for a stage that ran. */
  cachedFrom: string | null;
  outputTail: string;
  /** How the loop stands that this stage is, and the clock reading when it said so, ms; null for any other stage. */
  loop: { progress: LoopProgress; atMs: number } | null;
  /** It had its result before this process began: a resumed run does not run it again. */
  kept: boolean;
}

/** One run, the user's own or a child of it. */
export interface RunView {
  runId: string;
  pipelineId: string;
  depth: number;
  manifestPath: string;
  logPath: string;
  resumed: boolean;
  stages: StageProgress[];
  end: {
    status: RunStatus;
    statusDetail: string | null;
    summary: string | null;
    durationMs: number;
    profile: RunProfile;
  } | null;
}

/** Everything seen so far. */
export interface RunProgress {
  /** In the order in which they started; the first is the user's own. */
  runs: RunView[];
  /** Why the run is being stopped; null while nobody asked. */
  cancelling: string | null;
}

export function emptyProgress(): RunProgress {
  return { runs: [], cancelling: null };
}

/** Takes one event in. `nowMs` is the reading of a monotonic clock. */
export function applyEvent(progress: RunProgress, event: RunEvent, nowMs: number): void {
  switch (event.type) {
    case 'run:started':
      progress.runs.push(startedRun(event));
      return;
    case 'stage:started': {
      const stage = findStage(progress, event);
      if (stage === undefined) return;
      Object.assign(stage, {
        status: 'running',
        attempt: event.attempt,
        logPath: event.logPath,
        startedAtMs: nowMs,
      });
      return;
    }
    case 'stage:completed': {
      const { status, exitCode, signal, durationMs, summary, logPath, subRunId, outputTail } = event;
      const { flaky, cachedFrom } = event;
      const stage = findStage(progress, event);
      if (stage === undefined) return;
      Object.assign(stage, {
        status,
        exitCode,
        signal,
        durationMs,
        summary,
        logPath,
        subRunId,
        flaky,
        cachedFrom,
        outputTail,
      });
      stage.startedAtMs = null;
      return;
    }
    case 'run:cancelling':
      progress.cancelling = event.reason;
      return;
    case 'run:completed': {
      const { status, statusDetail, summary, durationMs, profile } = event;
      const run = findRun(progress, event.runId);
      if (run !== undefined) run.end = { status, statusDetail, summary, durationMs, profile };
      return;
    }
    case 'loop:progress': {
      const stage = findStage(progress, event);
      if (stage !== undefined) stage.loop = { progress: event.progress, atMs: nowMs };
      return;
    }
    case 'stage:child': {
      const stage = findStage(progress, event);
      if (stage !== undefined) stage.subRunId = event.childRunId;
      return;
    }
    case 'stage:retrying': {
      const stage = findStage(progress, event);
      if (stage !== undefined) stage.attempt = event.attempt;
      return;
    }
    case 'stage:output':
    case 'warning':
      return;
    default:
      event satisfies never;
  }
}

export function findRun(progress: RunProgress, runId: string): RunView | undefined {
  return progress.runs.find((run) => run.runId === runId);
}

export function findStage(
  progress: RunProgress,
  event: { runId: string; stageIndex: number },
): StageProgress | undefined {
  return findRun(progress, event.runId)?.stages[event.stageIndex - 1];
}

/** The stages of a run in order, each followed by those of its child run. `depth` counts from the user's run. */
export function* stageTree(
  progress: RunProgress,
  run: RunView | undefined = progress.runs[0],
): Generator<{ run: RunView; stage: StageProgress }> {
  if (run === undefined) return;
  for (const stage of run.stages) {
    yield { run, stage };
    const child = stage.subRunId === null ? undefined : findRun(progress, stage.subRunId);
    if (child !== undefined) yield* stageTree(progress, child);
  }
}

function startedRun(event: Extract<RunEvent, { type: 'run:started' }>): RunView {
  const { runId, pipelineId, depth, manifestPath, logPath, resumed } = event;
  const stages = event.stages.map(
    ({ id, title, kind, builtin, status }): StageProgress => ({
      id,
      title,
      kind,
      builtin,
      status,
      attempt: 0,
      startedAtMs: null,
      durationMs: null,
      exitCode: null,
      summary: null,
      logPath: null,
      subRunId: null,
      flaky: false,
      cachedFrom: null,
      outputTail: '',
      loop: null,
      kept: status === 'succeeded' || status === 'skipped',
    }),
  );
  return { runId, pipelineId, depth, manifestPath, logPath, resumed, stages, end: null };
}
