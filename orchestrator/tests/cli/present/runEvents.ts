import type { RunEvent } from '../../../src/run/events.ts';
import type { LoopProgress } from '../../../src/run/loopProgress.ts';
import type { CommandStatus, RunStatus } from '../../../src/run/manifestTypes.ts';
import { createProfiler, type RunProfile } from '../../../src/run/profile.ts';

export const RUN_ID = '2026-11-22T12-46-41-046Z-423084bd';
export const RUN_DIR = `.runs/0101/cli/${RUN_ID}`;

/** A loop in the middle of its third iteration. */
export const LOOP: LoopProgress = {
  goal: 'make the tests pass',
  agent: 'codex',
  validator: 'npm test',
  iteration: 3,
  phase: 'agent',
  role: null,
  maxIterations: 88,
  elapsedMs: 72_000,
  maxMs: 48 * 3_600_000,
  tokens: 120_000,
  maxTokens: 500_000,
  action: '$ npm test',
  lastResult: { iteration: 2, exitCode: 1, text: 'AssertionError: expected 3' },
  ending: null,
};

type Started = Extract<RunEvent, { type: 'run:started' }>;
type Output = Extract<RunEvent, { type: 'stage:output' }>;
type Completed = Extract<RunEvent, { type: 'stage:completed' }>;

/** Events of one run as the engine tells them, with everything a test does not care about filled in. */
export interface RunScript {
  started(
    stages: (string | { id: string; kind?: 'subpipeline'; builtin?: boolean; status?: CommandStatus })[],
    resumed?: boolean,
  ): Started;
  stageStarted(index: number, attempt?: number): RunEvent;
  stageCompleted(index: number, facts?: Partial<Completed>): RunEvent;
  child(index: number, childRunId: string): RunEvent;
  retrying(index: number, attempt: number, maxAttempts: number, reason: string): RunEvent;
  output(index: number, text: string | Buffer, stream?: 'stdout' | 'stderr'): Output;
  loop(index: number, progress?: Partial<LoopProgress>): RunEvent;
  warning(message: string): RunEvent;
  cancelling(reason: string, graceMs: number): RunEvent;
  completed(
    status: RunStatus,
    durationMs: number,
    statusDetail?: string | null,
    summary?: string,
    profile?: RunProfile,
  ): RunEvent;
}

export function runScript({ runId = RUN_ID, depth = 0, pipelineId = 'diagnostics' } = {}): RunScript {
  const base = { timestamp: '2026-11-22T12:46:41.046Z', runId, taskId: '0101', depth };
  let ids: string[] = [];
  let builtins: boolean[] = [];
  const isBuiltin = (index: number) => builtins[index - 1] ?? false;
  const stage = (index: number) => {
    const id = ids[index - 1] ?? '';
    return { ...base, stageId: id, stageIndex: index, title: id };
  };
  const logOf = (index: number) => `${RUN_DIR}/commands/0${index}-${ids[index - 1]}.ndjson`;
  return {
    started(stages, resumed = false) {
      const full = stages.map((entry): Partial<Started['stages'][number]> & { id: string } =>
        typeof entry === 'string' ? { id: entry } : entry,
      );
      ids = full.map(({ id }) => id);
      builtins = full.map(({ builtin = false }) => builtin);
      return {
        ...base,
        type: 'run:started',
        pipelineId,
        pipelineTitle: pipelineId,
        manifestPath: `${RUN_DIR}/manifest.json`,
        logPath: `${RUN_DIR}/runner.ndjson`,
        status: 'in_progress',
        resumed,
        stages: full.map(({ id, kind = 'command', builtin = false, status = 'pending' }, offset) => ({
          id,
          index: offset + 1,
          title: id,
          kind,
          builtin,
          status,
        })),
      };
    },
    stageStarted: (index, attempt = 1) => ({
      ...stage(index),
      type: 'stage:started',
      kind: 'command',
      builtin: isBuiltin(index),
      logPath: logOf(index),
      attempt,
    }),
    stageCompleted: (index, facts = {}) => ({
      ...stage(index),
      type: 'stage:completed',
      kind: 'command',
      builtin: isBuiltin(index),
      status: 'succeeded',
      exitCode: 0,
      signal: null,
      durationMs: 1234,
      summary: null,
      logPath: logOf(index),
      subRunId: null,
      flaky: false,
      cachedFrom: null,
      outputTail: '',
      ...facts,
    }),
    child: (index, childRunId) => ({ ...stage(index), type: 'stage:child', childRunId }),
    retrying: (index, attempt, maxAttempts, reason) => ({
      ...stage(index),
      type: 'stage:retrying',
      attempt,
      maxAttempts,
      reason,
    }),
    output: (index, text, stream = 'stdout') => ({
      ...stage(index),
      type: 'stage:output',
      stream,
      data: Buffer.from(text),
    }),
    loop: (index, progress = {}) => ({
      ...stage(index),
      type: 'loop:progress',
      progress: { ...LOOP, ...progress },
    }),
    warning: (message) => ({ ...base, type: 'warning', message }),
    cancelling: (reason, graceMs) => ({ ...base, type: 'run:cancelling', reason, graceMs }),
    completed: (status, durationMs, statusDetail = null, summary, profile) => ({
      ...base,
      type: 'run:completed',
      pipelineId,
      status,
      statusDetail,
      manifestPath: `${RUN_DIR}/manifest.json`,
      runSummaryPath: null,
      metricsPath: null,
      summary: summary ?? null,
      durationMs,
      profile: profile ?? createProfiler(() => 0).profile({ run_id: runId, status }, false),
    }),
  };
}
