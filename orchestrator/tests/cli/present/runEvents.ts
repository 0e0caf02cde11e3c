import type { RunEvent } from '../../../src/run/events.ts';
import type { CommandStatus, RunStatus } from '../../../src/run/manifestTypes.ts';

export const RUN_ID = '2026-11-22T12-46-41-046Z-423084bd';
export const RUN_DIR = `.runs/0101/cli/${RUN_ID}`;

type Started = Extract<RunEvent, { type: 'run:started' }>;
type Output = Extract<RunEvent, { type: 'stage:output' }>;
type Completed = Extract<RunEvent, { type: 'stage:completed' }>;

/** Events of one run as the engine tells them, with everything a test does not care about filled in. */
export interface RunScript {
  started(
    stages: (string | { id: string; kind?: 'subpipeline'; status?: CommandStatus })[],
    resumed?: boolean,
  ): Started;
  stageStarted(index: number, attempt?: number): RunEvent;
  stageCompleted(index: number, facts?: Partial<Completed>): RunEvent;
  retrying(index: number, attempt: number, maxAttempts: number, reason: string): RunEvent;
  output(index: number, text: string | Buffer, stream?: 'stdout' | 'stderr'): Output;
  warning(message: string): RunEvent;
  cancelling(reason: string, graceMs: number): RunEvent;
  completed(status: RunStatus, durationMs: number, statusDetail?: string | null): RunEvent;
}

export function runScript({ runId = RUN_ID, depth = 0, pipelineId = 'diagnostics' } = {}): RunScript {
  const base = { timestamp: '2026-11-22T12:46:41.046Z', runId, taskId: '0101', depth };
  let ids: string[] = [];
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
      return {
        ...base,
        type: 'run:started',
        pipelineId,
        pipelineTitle: pipelineId,
        manifestPath: `${RUN_DIR}/manifest.json`,
        logPath: `${RUN_DIR}/runner.ndjson`,
        status: 'in_progress',
        resumed,
        stages: full.map(({ id, kind = 'command', status = 'pending' }, offset) => ({
          id,
          index: offset + 1,
          title: id,
          kind,
          status,
        })),
      };
    },
    stageStarted: (index, attempt = 1) => ({
      ...stage(index),
      type: 'stage:started',
      kind: 'command',
      logPath: logOf(index),
      attempt,
    }),
    stageCompleted: (index, facts = {}) => ({
      ...stage(index),
      type: 'stage:completed',
      kind: 'command',
      status: 'succeeded',
      exitCode: 0,
      signal: null,
      durationMs: 1234,
      summary: null,
      logPath: logOf(index),
      subRunId: null,
      flaky: false,
      outputTail: '',
      ...facts,
    }),
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
    warning: (message) => ({ ...base, type: 'warning', message }),
    cancelling: (reason, graceMs) => ({ ...base, type: 'run:cancelling', reason, graceMs }),
    completed: (status, durationMs, statusDetail = null) => ({
      ...base,
      type: 'run:completed',
      pipelineId,
      status,
      statusDetail,
      manifestPath: `${RUN_DIR}/manifest.json`,
      runSummaryPath: null,
      metricsPath: null,
      summary: null,
      durationMs,
    }),
  };
}
