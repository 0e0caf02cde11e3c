import type { LoopProgress } from '../../run/loopProgress.ts';
import { cellWidth, cutCells, padCells } from './cells.ts';
import { formatDuration, formatRunningTime } from './duration.ts';
import { printable } from './printable.ts';
import type { Paint, Style } from './style.ts';

export interface LoopBlockOptions {
  style: Style;
  /** Lines are cut to this many cells. */
  width: number;
  /** Stands before the name. */
  spinner: string;
  /** Id of the stage, safe to print, indented as deep as its run. */
  name: string;
  /** Time that the loop has used by now, ms. */
  elapsedMs: number;
}

const WIDEST_HEAD = 78;
const WIDEST_BAR = 20;
const NARROWEST_BAR = 6;
/** Share of a budget from which its bar warns. */
const NEARLY_USED = 0.9;
/** Cells before the bar: indentation, label, a space. */
const LABEL_CELLS = 15;
/** Cells between a bar and its value. */
const GAP = '   ';

/** A loop under way as a block of lines: where it is, what it has used of its budgets, what happens, what came last. */
export function loopBlock(loop: LoopProgress, options: LoopBlockOptions): string[] {
  const now = action(loop);
  return [
    head(loop, options),
    ...meters(loop, options),
    ...(now === null ? [] : [row('now', now, options)]),
    result(loop, options),
  ];
}

/** What was used, in words, and as a share of the limit where there is one. */
interface Meter {
  text: string;
  share?: number;
}

function head(loop: LoopProgress, { style, width, spinner, name, elapsedMs }: LoopBlockOptions): string {
  const time = formatRunningTime(elapsedMs);
  const room = Math.min(width, WIDEST_HEAD);
  const start = `  ${spinner} ${name}`;
  const kept = cutCells(start, room);
  const rest = cutCells(`  ${place(loop)}`, room - cellWidth(kept) - cellWidth(time) - 2);
  const line = style.cyan(kept) + rest;
  const end = padCells(time, room - cellWidth(kept) - cellWidth(rest), 'left');
  return cellWidth(line) + cellWidth(end) > width ? line : line + end;
}

/** `iteration 3 of 88 · planner (codex)`. */
function place({ iteration, maxIterations, phase, role, agent }: LoopProgress): string {
  const of = maxIterations === 0 ? '' : ` of ${maxIterations}`;
  const where = iteration === 0 ? [] : [`iteration ${iteration}${of}`];
  const name = `${printable(role ?? 'agent')} (${oneLine(agent)})`;
  switch (phase) {
    case 'agent':
      return [...where, name].join(' · ');
    case 'waiting':
      return [...where, `${name}, waiting`].join(' · ');
    case 'starting':
    case 'validator':
    case 'ended':
      return [...where, phase].join(' · ');
    default:
      return phase satisfies never;
  }
}

/** Iterations that are over. The one under way counts once its validator has run. */
function completed({ iteration, phase, lastResult }: LoopProgress): number {
  const isOver = phase === 'starting' || phase === 'ended' || lastResult?.iteration === iteration;
  return isOver ? iteration : Math.max(0, iteration - 1);
}

/** What is used of each budget. The bars are as long as each other, and as there is room for all of them. */
function meters(loop: LoopProgress, options: LoopBlockOptions): string[] {
  const { maxIterations, tokens, maxTokens, maxMs } = loop;
  const { elapsedMs, width } = options;
  const done = completed(loop);
  const iterations = meter(done, maxIterations || null, String(done), String);
  const all: [string, Meter][] = [
    ['iterations', { ...iterations, text: `${iterations.text} done` }],
    ['time', meter(elapsedMs, maxMs, formatRunningTime(elapsedMs), shortDuration)],
    ['tokens', meter(tokens, maxTokens, shortCount(tokens), shortCount)],
  ];
  const limits = all.filter(([, { share }]) => share !== undefined);
  const widest = Math.max(0, ...limits.map(([, { text }]) => cellWidth(text)));
  const cells = Math.min(WIDEST_BAR, width - LABEL_CELLS - GAP.length - widest);
  return all.map(([label, { text, share }]) =>
    share === undefined || cells < NARROWEST_BAR
      ? row(label, text, options)
      : `${labelOf(label, options)}${bar(share, cells, options.style)}${GAP}${text}`,
  );
}

function meter(used: number, limit: number | null, text: string, word: (limit: number) => string): Meter {
  if (limit === null) return { text };
  return { text: `${text} of ${word(limit)}`, share: limit <= 0 ? 1 : Math.min(1, used / limit) };
}

/** The first cell is full from half of it on; the whole bar only when nothing is left. */
function bar(share: number, cells: number, style: Style): string {
  const filled = share * cells < 1 ? Math.round(share * cells) : Math.floor(share * cells);
  const paint = share < NEARLY_USED ? style.cyan : style.yellow;
  return paint('█'.repeat(filled)) + style.dim('░'.repeat(cells - filled));
}

function action({ action: said, phase, validator }: LoopProgress): string | null {
  if (said !== null) return oneLine(said);
  return phase === 'validator' && validator !== null ? `$ ${oneLine(validator)}` : null;
}

function result({ validator, lastResult }: LoopProgress, options: LoopBlockOptions): string {
  const { style } = options;
  if (validator === null) return row('validator', 'none', options);
  if (lastResult === null) return row('validator', 'has not run yet', options);
  const { iteration, exitCode, text } = lastResult;
  if (exitCode === 0) return row('validator', `passed in iteration ${iteration}`, options, style.green);
  const said = oneLine(text);
  const words = `exit code ${exitCode} in iteration ${iteration}${said === '' ? '' : `: ${said}`}`;
  return row('validator', words, options, style.red);
}

function row(label: string, text: string, options: LoopBlockOptions, paint: Paint = (same) => same): string {
  const kept = cutCells(text, options.width - LABEL_CELLS);
  return labelOf(label, options) + (kept === '' ? '' : paint(kept));
}

function labelOf(label: string, { style, width }: LoopBlockOptions): string {
  return style.dim(cutCells(`    ${padCells(label, LABEL_CELLS - 5)} `, width));
}

/** Foreign text in one line; a tab would be as wide as the terminal likes. */
function oneLine(text: string): string {
  return printable(text.replace(/\s+/g, ' ')).trim();
}

/** `48h`, `30m`, `1h 30m`. */
function shortDuration(ms: number): string {
  return formatDuration(ms).replace(/ 00[ms]$/, '');
}

let compact: Intl.NumberFormat | undefined;

/** `950`, `120k`, `1.2M`. */
function shortCount(value: number): string {
  compact ??= new Intl.NumberFormat('en', { notation: 'compact' });
  return compact.format(value).replace('K', 'k');
}
