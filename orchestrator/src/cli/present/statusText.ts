import type { CommandRecord } from '../../run/manifestTypes.ts';
import type { RunSnapshot } from '../../run/readSnapshot.ts';
import { cutCells } from './cells.ts';
import { formatDuration } from './duration.ts';
import { loopStatusLines, type LoopReading } from './loopStatus.ts';
import { printable, printableLines } from './printable.ts';
import { elapsedMs, localTime } from './recordedTime.ts';
import { runDurationMs, statusPaint } from './runState.ts';
import { shellWord } from './shellWord.ts';
import { storedOutcome } from './storedOutcome.ts';
import type { Style } from './style.ts';
import { settledLook, type StageLook } from './settledLook.ts';
import { renderTable } from './table.ts';

export interface StatusTextOptions {
  style: Style;
  /** Epoch ms. */
  nowMs: number;
  /** The loop of the run, if it has one. */
  loop?: LoopReading | null;
}

const LONGEST_NOTE = 80;

/** How a recorded run stands, as a block of lines: facts, stages, loop, child runs, what failed, what to do next. */
export function statusLines(snapshot: RunSnapshot, options: StatusTextOptions): string[] {
  return [
    ...factLines(snapshot, options),
    ...section(stageTable(snapshot, options)),
    ...section(loopLines(snapshot, options)),
    ...childLines(snapshot, options.style),
    ...failedLines(snapshot, options.style),
    ...nextLines(snapshot),
  ];
}

function factLines(snapshot: RunSnapshot, { style, nowMs }: StatusTextOptions): string[] {
  const { manifest } = snapshot;
  const { pipeline_id, pipeline_title, task_id, task_slug, artifact_root } = manifest;
  const durationMs = runDurationMs(snapshot, nowMs);
  const resumes = manifest.resume_events.length;
  const facts: [string, string][] = [
    ['Pipeline', withMore(pipeline_id, pipeline_title)],
    ['Task', withMore(task_id, task_slug)],
    ['Status', statusPaint(snapshot, style)(printable(statusSentence(snapshot)))],
    ['Started', printable(localTime(manifest.started_at))],
    ...(durationMs === null ? [] : [['Duration', formatDuration(durationMs)] satisfies [string, string]]),
    ...(resumes === 0
      ? []
      : [['Resumed', resumes === 1 ? 'once' : `${resumes} times`] satisfies [string, string]]),
    ['Manifest', printable(`${artifact_root}/manifest.json`)],
  ];
  const table = renderTable(facts.map(([name, value]) => [`${name}:`, value]));
  return [`Run ${style.bold(printable(manifest.run_id))}`, ...table];
}

function statusSentence(snapshot: RunSnapshot): string {
  const { manifest, liveness } = snapshot;
  if (liveness.state !== 'ended') return `${manifest.status}, ${liveness.detail}`;
  return manifest.status_detail === null
    ? manifest.status
    : withMore(manifest.status, manifest.status_detail);
}

function stageTable(snapshot: RunSnapshot, options: StatusTextOptions): string[] {
  const rows = snapshot.manifest.commands.map((command) => stageRow(command, snapshot, options));
  return renderTable(rows, { right: [2] });
}

function stageRow(
  command: CommandRecord,
  { liveness }: RunSnapshot,
  { style, nowMs }: StatusTextOptions,
): string[] {
  const isLive = liveness.state === 'live';
  const { mark, word, paint } = look(command.status, isLive, style);
  const isUnderWay = command.status === 'running';
  const ms = elapsedMs(command.started_at, isUnderWay ? (isLive ? nowMs : null) : command.completed_at);
  const time = command.status === 'pending' || ms === null ? '' : formatDuration(ms);
  const note = command.sub_run_id === null ? storedOutcome(command) : `run ${printable(command.sub_run_id)}`;
  return [`${paint(mark)} ${printable(command.id)}`, paint(word), time, cutCells(note, LONGEST_NOTE)];
}

/** A stage that was under way when its run died runs no more, whatever was written last. */
function look(status: CommandRecord['status'], isLive: boolean, style: Style): StageLook {
  switch (status) {
    case 'pending':
      return { mark: '·', word: isLive ? 'waiting' : 'not run', paint: style.dim };
    case 'running':
      return isLive
        ? { mark: '▸', word: 'running', paint: style.cyan }
        : { mark: '✗', word: 'interrupted', paint: style.yellow };
    default:
      return settledLook(status, style);
  }
}

function loopLines({ liveness }: RunSnapshot, { loop = null, style }: StatusTextOptions): string[] {
  return loop === null ? [] : loopStatusLines(loop, { style, isLive: liveness.state === 'live' });
}

function childLines({ manifest }: RunSnapshot, style: Style): string[] {
  const rows = manifest.child_runs.map((child) =>
    [child.run_id, child.pipeline_id, child.status].map(printable),
  );
  return rows.length === 0 ? [] : ['', style.bold('Child runs'), ...renderTable(rows)];
}

function failedLines({ manifest }: RunSnapshot, style: Style): string[] {
  const failed = manifest.commands.filter((command) => command.status === 'failed');
  return failed.flatMap((command) => section(failedStage(command, manifest.run_id, style)));
}

function failedStage(command: CommandRecord, runId: string, style: Style): string[] {
  const show =
    command.sub_run_id === null
      ? `codex-orchestrator logs ${runId} ${shellWord(command.id)}`
      : `codex-orchestrator status --run ${command.sub_run_id}`;
  const summary = printableLines(command.summary ?? 'It left no summary.').map((line) => `  ${line}`);
  const log = command.log_path === null ? [] : [`  Log:  ${printable(command.log_path)}`];
  return [style.red(printable(command.id)), ...summary, ...log, `  Show: ${printable(show)}`];
}

/** What can be done with a run that stopped short. A run of `exec` has no pipeline to resume. */
function nextLines({ manifest, liveness }: RunSnapshot): string[] {
  if (liveness.state === 'live' || manifest.status === 'succeeded') return [];
  if (manifest.pipeline_id === 'exec') return [];
  return ['', `Next: codex-orchestrator resume --run ${printable(manifest.run_id)}`];
}

function section(lines: string[]): string[] {
  return lines.length === 0 ? [] : ['', ...lines];
}

function withMore(text: string, more: string | null): string {
  return printable(more === null || more === text || more === '' ? text : `${text} (${more})`);
}
