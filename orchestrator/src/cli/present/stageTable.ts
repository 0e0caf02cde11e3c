import { cellWidth, cutCells, padCells } from './cells.ts';
import { formatDuration, formatRunningTime } from './duration.ts';
import { printable } from './printable.ts';
import { stageOutcome } from './runLines.ts';
import type { RunProgress, StageProgress } from './runProgress.ts';
import { stageTree } from './runProgress.ts';
import { settledLook, type StageLook } from './settledLook.ts';
import type { Paint, Style } from './style.ts';

export interface StageTableOptions {
  style: Style;
  /** Lines are cut to this many cells; Infinity where nothing wraps. */
  width: number;
  /** Reading of the clock that stamped the progress, ms. */
  nowMs: number;
  /** Stands before running stages. */
  spinner: string;
}

interface Row {
  mark: string;
  name: string;
  status: string;
  time: string;
  note: string;
  paint: Paint;
}

const LONGEST_NAME = 40;
const SHORTEST_NAME = 12;
/** Cells that mark, status, time and the gaps between them take. */
const OTHER_CELLS = 28;

/**
 * One line per stage, children indented below their parent: mark, id, status, time, remark. The live view shows
 * it while the run works; at the end it is the summary.
 */
export function stageTable(progress: RunProgress, options: StageTableOptions): string[] {
  const ended = progress.runs[0]?.end !== null;
  const rows = [...stageTree(progress)].map(({ run, stage }) => toRow(stage, run.depth, ended, options));
  const widest = (cell: (row: Row) => string): number =>
    Math.max(0, ...rows.map((row) => cellWidth(cell(row))));
  const nameWidth = widest((row) => row.name);
  const statusWidth = widest((row) => row.status);
  const timeWidth = widest((row) => row.time);
  const plain: Paint = (text) => text;
  return rows.map((row) => {
    const rest = `  ${padCells(row.time, timeWidth, 'left')}  ${row.note}`.trimEnd();
    const pieces: Piece[] = [
      [`  ${row.mark}`, row.paint],
      [` ${padCells(row.name, nameWidth)}  `, plain],
      [rest === '' ? row.status : padCells(row.status, statusWidth), row.paint],
      [rest, plain],
    ];
    return paintWithin(pieces, options.width);
  });
}

/** Text and its colour; widths are settled before anything is coloured. */
type Piece = readonly [text: string, paint: Paint];

function paintWithin(pieces: readonly Piece[], width: number): string {
  let left = width;
  let line = '';
  for (const [text, paint] of pieces) {
    const kept = cutCells(text, left);
    left -= cellWidth(kept);
    if (kept !== '') line += paint(kept);
  }
  return line;
}

function toRow(stage: StageProgress, depth: number, ended: boolean, options: StageTableOptions): Row {
  const { mark, word, paint } = look(stage, ended, options);
  return {
    mark,
    name: '  '.repeat(depth) + cutCells(printable(stage.id), longestName(options.width)),
    status: stage.kept ? `${word} before` : word,
    time: elapsed(stage, options.nowMs),
    note: note(stage),
    paint,
  };
}

/** In a narrow window status and time are worth more than the end of a long id. */
function longestName(width: number): number {
  return Math.max(SHORTEST_NAME, Math.min(LONGEST_NAME, width - OTHER_CELLS));
}

function look(
  { kind, status, summary }: StageProgress,
  ended: boolean,
  { style, spinner }: StageTableOptions,
): StageLook {
  switch (status) {
    case 'pending':
      return { mark: '·', word: ended ? 'not run' : 'waiting', paint: style.dim };
    case 'running':
      return { mark: spinner, word: 'running', paint: style.cyan };
    default:
      return settledLook({ kind, status, summary }, style);
  }
}

function elapsed(stage: StageProgress, nowMs: number): string {
  if (stage.startedAtMs === null) return stage.durationMs === null ? '' : formatDuration(stage.durationMs);
  return formatRunningTime(nowMs - stage.startedAtMs);
}

function note(stage: StageProgress): string {
  if (stage.status === 'running') return stage.attempt > 1 ? `attempt ${stage.attempt}` : '';
  if (stage.kept) return '';
  if (stage.kind === 'subpipeline' && stage.subRunId !== null) return `run ${stage.subRunId}`;
  return stageOutcome(stage);
}
