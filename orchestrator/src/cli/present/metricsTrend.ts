import type { TrendRun } from '../metricsCommand/showMetrics.ts';
import { formatDuration } from './duration.ts';
import type { Style } from './style.ts';

const BARS = '▁▂▃▄▅▆▇█';
const NO_DURATION = '·';
const INDENT = '  ';

/**
 * Durations as bars, one cell for each run, with a line of marks below where runs did not succeed (✗ failed, ○ anything
 * else), and what the bars mean. As many rows as the width of the terminal asks for.
 */
export function trendLines(runs: readonly TrendRun[], style: Style, columns: number): string[] {
  const width = Math.max(10, columns - INDENT.length - 1);
  const seconds = runs.flatMap(({ durationSeconds }) => (durationSeconds === null ? [] : [durationSeconds]));
  const [least, most] = [Math.min(...seconds), Math.max(...seconds)];
  const lines: string[] = [];
  for (let at = 0; at < runs.length; at += width) {
    const row = runs.slice(at, at + width);
    lines.push(`${INDENT}${style.cyan(row.map((run) => bar(run, least, most)).join(''))}`);
    const marks = row
      .map(({ status }) => markOf(status))
      .join('')
      .trimEnd();
    if (marks !== '') lines.push(`${INDENT}${style.red(marks)}`);
  }
  if (seconds.length > 1 && most > least) {
    const [low, high] = [least, most].map((value) => formatDuration(value * 1000));
    lines.push(`${INDENT}${style.dim(`${BARS.at(0)} ${low}, ${BARS.at(-1)} ${high}${legend(runs)}`)}`);
  } else if (legend(runs) !== '') lines.push(`${INDENT}${style.dim(legend(runs).slice(2))}`);
  return lines;
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

function legend(runs: readonly TrendRun[]): string {
  const others = [...new Set(runs.map(({ status }) => status))].filter((status) => markOf(status) === '○');
  return [
    ...(runs.some(({ status }) => status === 'failed') ? [', ✗ failed'] : []),
    ...(others.length > 0 ? [', ○ not succeeded'] : []),
  ].join('');
}
