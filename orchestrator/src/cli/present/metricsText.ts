import type { MetricsView, TrendRun } from '../metricsCommand/showMetrics.ts';
import { formatDuration } from './duration.ts';
import { printable } from './printable.ts';
import type { Style } from './style.ts';
import { trendLines } from './metricsTrend.ts';
import { renderTable } from './table.ts';

export interface MetricsTextOptions {
  style: Style;
  /** Width of the terminal in cells. */
  columns: number;
  /** For the text about a task without metrics. */
  runsRoot: string;
}

/** The metrics of a task: all runs, the newest runs, and what is not counted yet. */
export function metricsLines(view: MetricsView, { style, columns, runsRoot }: MetricsTextOptions): string[] {
  if (view.isEmpty) {
    return [
      `No metrics of task "${view.taskId}" in ${printable(runsRoot)} yet: they begin with the first run that ends.`,
    ];
  }
  const facts: [string, string | null][] = [
    ['Runs:', runsText(view, style)],
    ['Duration:', durationText(view)],
    ['Evidence:', evidenceText(view)],
    ['Tokens:', tokensText(view)],
    ['Alerts:', alertsText(view)],
  ];
  const rows = facts.flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
  return [
    style.bold(`Metrics of task ${view.taskId}`),
    ...renderTable(rows),
    ...lastLines(view, style, columns),
    ...notes(view).map((note) => `${style.yellow('note:')} ${note}`),
  ];
}

function runsText({ aggregates: { postRollout } }: MetricsView, style: Style): string | null {
  const total = number(postRollout, 'total_runs');
  const succeeded = number(postRollout, 'succeeded_runs');
  if (total === null || succeeded === null) return null;
  const isMet = postRollout?.['meets_threshold'] === true;
  const goal = isMet ? style.green('goal of 95 % met') : style.yellow('goal of 95 % missed');
  return `${count(total)}, ${count(succeeded)} succeeded (${percent(succeeded, total)}), ${goal}`;
}

/** The mean of all runs beside the first one, which is what `mttr` means in the contract. */
function durationText({ aggregates: { baseline, mttrDelta } }: MetricsView): string | null {
  const current = number(mttrDelta, 'current_mttr_seconds');
  const first = number(mttrDelta, 'baseline_mttr_seconds');
  if (current === null || first === null) return null;
  const run = baseline?.['run_id'];
  const name = typeof run === 'string' ? ` (${printable(run)})` : '';
  const mean = `mean ${secondsText(current)}; the first run${name} took ${secondsText(first)}`;
  if (first <= 0) return mean;
  const change = Math.round((current / first - 1) * 100);
  const compared = change === 0 ? 'the same' : `${Math.abs(change)} % ${change < 0 ? 'less' : 'more'}`;
  const isMet = mttrDelta?.['meets_threshold'] === true;
  return `${mean}: ${compared}${isMet ? ', goal of 40 % met' : '; the goal is 40 % less'}`;
}

function evidenceText({ aggregates: { completeness } }: MetricsView): string | null {
  const ratio = number(completeness, 'missing_field_ratio');
  if (ratio === null) return null;
  if (ratio === 0) return 'complete';
  const missing = completeness?.['missing_counts'];
  const fields = typeof missing === 'object' && missing !== null ? Object.entries(missing) : [];
  const lacking = fields.flatMap(([name, value]: [string, unknown]): [name: string, of: string][] =>
    typeof value === 'number' && value > 0 ? [[name, runs(value)]] : [],
  );
  const [[name, of] = ['', ''], ...others] = lacking;
  // Nothing that anybody could mend.
  if (name === 'privacy_events' && others.length === 0)
    return `complete, but for privacy events of ${of}: output that touches no secret rule leaves none`;
  return `${percent(ratio, 1)} missing: ${lacking.map((each) => `${printable(each[0])} of ${each[1]}`).join(', ')}`;
}

function tokensText({ aggregates: { perEpoch } }: MetricsView): string | null {
  const listed: unknown = perEpoch?.['epochs'];
  const epochs: unknown[] = Array.isArray(listed) ? listed : [];
  const sum = (name: string): number =>
    epochs.reduce<number>((total, epoch) => total + (number(epoch, name) ?? 0), 0);
  const tokens = sum('token_total');
  if (tokens === 0) return null;
  const of = `of ${epochs.length} ${epochs.length === 1 ? 'epoch' : 'epochs'}`;
  return `${count(tokens)} in the runs ${of}, ${sum('cost_usd').toFixed(2)} USD`;
}

function alertsText({ aggregates: { state } }: MetricsView): string | null {
  const total = number(state?.['alerts'], 'total');
  return total === null || total === 0 ? null : count(total);
}

function lastLines({ last, durations }: MetricsView, style: Style, columns: number): string[] {
  if (last.length === 0) return [];
  const tokens = last.reduce((total, run) => total + run.tokens, 0);
  const facts = [
    ...(durations === null ? [] : [`p50 ${secondsText(durations.p50)}`, `p95 ${secondsText(durations.p95)}`]),
    ...(tokens === 0 ? [] : [`${count(tokens)} tokens`]),
  ];
  const title = last.length === 1 ? 'Last run' : `Last ${count(last.length)} runs, oldest first`;
  return [
    `${style.bold(title)}: ${outcomes(last)}`,
    ...trendLines(last, style, columns),
    ...(facts.length === 0 ? [] : [`  ${facts.join(', ')}`]),
  ];
}

function outcomes(last: readonly TrendRun[]): string {
  const numbers = new Map<string, number>();
  for (const { status } of last) numbers.set(status, (numbers.get(status) ?? 0) + 1);
  const succeeded = numbers.get('succeeded') ?? 0;
  numbers.delete('succeeded');
  const others = Array.from(numbers, ([status, many]) => `, ${count(many)} ${printable(status)}`);
  return `${count(succeeded)} succeeded (${percent(succeeded, last.length)})${others.join('')}`;
}

function notes({ lag, queued, queue, damaged }: MetricsView): string[] {
  const entries = queued === 1 ? '1 entry waits' : `${count(queued)} entries wait`;
  return [
    ...(queued === 0
      ? []
      : [
          `${entries} in ${printable(queue)}: the next run counts them, or \`codex-orchestrator metrics repair\`.`,
        ]),
    ...(lag === null ? [] : [lagText(lag)]),
    ...damaged.map(
      (file) => `${printable(file)} is damaged: \`codex-orchestrator metrics rebuild\` writes it anew.`,
    ),
  ];
}

function lagText(lag: NonNullable<MetricsView['lag']>): string {
  if (lag.kind === 'unsure') {
    return `the aggregates may be behind (${lag.reason}): the next run counts all again, or \`codex-orchestrator metrics rebuild\`.`;
  }
  const lines = lag.lines === 1 ? '1 line' : `${count(lag.lines)} lines`;
  return `the aggregates are behind by ${lines} of metrics.json: the next run counts them, or \`codex-orchestrator metrics repair\`.`;
}

function runs(many: number): string {
  return many === 1 ? '1 run' : `${count(many)} runs`;
}

function count(value: number): string {
  return value.toLocaleString('en');
}

/** Rounded down, so that one failure in many is not "100 %". */
function percent(part: number, whole: number): string {
  const tenths = Math.floor((part / whole) * 1000 + 1e-9);
  return `${tenths % 10 === 0 ? tenths / 10 : (tenths / 10).toFixed(1)} %`;
}

function secondsText(seconds: number): string {
  return formatDuration(seconds * 1000);
}

/** A number in an object that may be anything. */
function number(value: unknown, name: string): number | null {
  if (typeof value !== 'object' || value === null) return null;
  const field: unknown = Reflect.get(value, name);
  return typeof field === 'number' && Number.isFinite(field) ? field : null;
}
