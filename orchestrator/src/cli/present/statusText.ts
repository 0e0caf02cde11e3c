import type { CommandRecord } from '../../run/manifestTypes.ts';
import type { RunSnapshot } from '../../run/readSnapshot.ts';
import { cutCells } from './cells.ts';
import { formatDuration } from './duration.ts';
import { cancelledBy } from './cancelledBy.ts';
import { finalStatus, loopStatusLines, type LoopReading } from './loopStatus.ts';
import { printable, printableLines } from './printable.ts';
import { elapsedMs, localTime } from './recordedTime.ts';
import { isRefusal, resumeCommand } from './resumeCommand.ts';
import { runDurationMs, statusPaint } from './runState.ts';
import { shellWord } from './shellWord.ts';
import { storedOutcome } from './storedOutcome.ts';
import type { Style } from './style.ts';
import { settledLook, wasCancelled, type StageLook } from './settledLook.ts';
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
    ...failedLines(snapshot, options),
    ...nextLines(snapshot, options.loop ?? null),
  ];
}

function factLines(snapshot: RunSnapshot, { style, nowMs }: StatusTextOptions): string[] {
  const { manifest } = snapshot;
  const { pipeline_id, pipeline_title, task_id, task_slug, artifact_root } = manifest;
  const durationMs = runDurationMs(snapshot, nowMs);
  const resumes = manifest.resume_events.length;
  const canceller = manifest.status === 'cancelled' ? cancelledBy(manifest.summary) : null;
  const facts: [string, string][] = [
    ['Pipeline', withMore(pipeline_id, pipeline_title)],
    ['Task', withMore(task_id, task_slug)],
    ['Status', statusPaint(snapshot, style)(printable(statusSentence(snapshot)))],
    ...(canceller === null ? [] : [['Cancelled', canceller] satisfies [string, string]]),
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
  const { mark, word, paint } = look(command, isLive, style);
  const isUnderWay = command.status === 'running';
  const ms = elapsedMs(command.started_at, isUnderWay ? (isLive ? nowMs : null) : command.completed_at);
  const time = command.status === 'pending' || ms === null ? '' : formatDuration(ms);
  const note = command.sub_run_id === null ? storedOutcome(command) : `run ${printable(command.sub_run_id)}`;
  return [`${paint(mark)} ${printable(command.id)}`, paint(word), time, cutCells(note, LONGEST_NOTE)];
}

/** A stage that was under way when its run died runs no more, whatever was written last. */
function look({ kind, status, summary }: CommandRecord, isLive: boolean, style: Style): StageLook {
  switch (status) {
    case 'pending':
      return { mark: '·', word: isLive ? 'waiting' : 'not run', paint: style.dim };
    case 'running':
      return isLive
        ? { mark: '▸', word: 'running', paint: style.cyan }
        : { mark: '✗', word: 'interrupted', paint: style.yellow };
    default:
      return settledLook({ kind, status, summary }, style);
  }
}

function loopLines({ manifest, liveness }: RunSnapshot, { loop = null, style }: StatusTextOptions): string[] {
  if (loop === null) return [];
  const isLive = liveness.state === 'live';
  return loopStatusLines(loop, { style, isLive, artifactRoot: manifest.artifact_root });
}

function childLines({ manifest }: RunSnapshot, style: Style): string[] {
  const rows = manifest.child_runs.map((child) =>
    [child.run_id, child.pipeline_id, child.status].map(printable),
  );
  return rows.length === 0 ? [] : ['', style.bold('Child runs'), ...renderTable(rows)];
}

function failedLines({ manifest }: RunSnapshot, options: StatusTextOptions): string[] {
  const failed = manifest.commands.filter((command) => command.status === 'failed');
  return failed.flatMap((command) => section(failedStage(command, manifest.run_id, options)));
}

function failedStage(
  command: CommandRecord,
  runId: string,
  { style, loop = null }: StatusTextOptions,
): string[] {
  const show =
    command.sub_run_id === null
      ? `codex-orchestrator logs ${runId} ${shellWord(command.id)}`
      : `codex-orchestrator status --run ${command.sub_run_id}`;
  const paint = wasCancelled(command) ? style.yellow : style.red;
  const summary = printableLines(command.summary ?? 'It left no summary.').map((line) => `  ${line}`);
  const log = command.log_path === null ? [] : [`  Log:  ${printable(command.log_path)}`];
  // A loop that refused its options has printed nothing.
  const isSilent = isRefusal(finalStatus(loop)) && [2, 5].includes(command.exit_code ?? 0);
  return [
    paint(printable(command.id)),
    ...summary,
    ...(isSilent ? [] : [...log, `  Show: ${printable(show)}`]),
  ];
}

/** What can be done with a run that stopped short. A run of `exec` has no pipeline to resume. */
function nextLines({ manifest, liveness }: RunSnapshot, loop: LoopReading | null): string[] {
  if (liveness.state === 'live' || manifest.status === 'succeeded') return [];
  if (manifest.pipeline_id === 'exec') return [];
  const next = resumeCommand(printable(manifest.run_id), finalStatus(loop));
  return next === null ? [] : ['', `Next: ${next}`];
}

function section(lines: string[]): string[] {
  return lines.length === 0 ? [] : ['', ...lines];
}

function withMore(text: string, more: string | null): string {
  return printable(more === null || more === text || more === '' ? text : `${text} (${more})`);
}
