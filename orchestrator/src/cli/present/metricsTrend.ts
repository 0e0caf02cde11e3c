import type { TrendRun } from '../metricsCommand/showMetrics.ts';
import { formatDuration } from './duration.ts';
import type { Style } from './style.ts';

const BARS = '▁▂▃▄▅▆▇█';
const NO_DURATION = '·';
const INDENT = '  ';

/**
 * Durations as bars, one cell for each run, with a line of marks below where runs did not succeed (✗ failed, ○ anything
 * else), and what the bars mean. Of more runs than the width of the terminal has cells for, the newest.
 */
export function trendLines(runs: readonly TrendRun[], style: Style, columns: number): string[] {
  const width = Math.max(10, columns - INDENT.length - 1);
  const row = runs.slice(-width);
  const seconds = row.flatMap(({ durationSeconds }) => (durationSeconds === null ? [] : [durationSeconds]));
  const [least, most] = [Math.min(...seconds), Math.max(...seconds)];
  const bars = row.map((run) => bar(run, least, most)).join('');
  const marks = row.map(({ status }) => markOf(status)).join('');
  const facts = [
    ...(row.length < runs.length ? [`the newest ${row.length} of them`] : []),
    ...(most > least ? [`${BARS.at(0)} ${durationText(least)}`, `${BARS.at(-1)} ${durationText(most)}`] : []),
    ...legend(row),
  ];
  return [
    `${INDENT}${style.cyan(bars)}`,
    ...(marks.trim() === '' ? [] : [`${INDENT}${style.red(marks.trimEnd())}`]),
    ...(facts.length === 0 ? [] : [`${INDENT}${style.dim(facts.join(', '))}`]),
  ];
}

function durationText(seconds: number): string {
  return formatDuration(seconds * 1000);
}

/** From the shortest to the longest, so that small changes show; all in the middle when they are the same. */
function bar({ durationSeconds }: TrendRun, least: number, most: number): string {
  if (durationSeconds === null) return NO_DURATION;
  const share = most > least ? (durationSeconds - least) / (most - least) : 0.5;
  return BARS[Math.min(BARS.length - 1, Math.floor(share * BARS.length))] ?? NO_DURATION;
}

function markOf(status: string): string {
  if (status === 'succeeded') return ' ';
  return status === 'failed' ? '✗' : '○';
}

function legend(runs: readonly TrendRun[]): string[] {
  const others = [...new Set(runs.map(({ status }) => status))].filter((status) => markOf(status) === '○');
  return [
    ...(runs.some(({ status }) => status === 'failed') ? ['✗ failed'] : []),
    ...(others.length > 0 ? ['○ not succeeded'] : []),
  ];
}
