import { renderTable } from '../../src/cli/present/table.ts';
import { max, median, medianDeviation, min } from '../support/stats.ts';
import { isMet } from './row.ts';
import type { Goal, Row, Unit } from './row.ts';

const HEAD = ['work', 'n', 'median', 'min', 'max', 'MAD', 'ratio', 'target', 'result'];
const NUMBER_COLUMNS = [1, 2, 3, 4, 5];

/** The lines of a suite's table. Nothing is judged here beyond the plain words `met` and `missed`. */
export function suiteTable(rows: readonly Row[]): string[] {
  return renderTable([HEAD, ...rows.map(cells)], { right: NUMBER_COLUMNS });
}

function cells(row: Row): string[] {
  const { samples, unit, versus, goal, failure } = row;
  if (failure !== undefined) return [row.work, ...HEAD.slice(2).map(() => ''), failure];
  const figures = [median, min, max, medianDeviation].map((figure) => amount(figure(samples), unit));
  const ratio = versus === undefined ? '' : `${factor(median(versus.ratios))} x ${versus.reference}`;
  return [
    row.work,
    String(samples.length),
    ...figures,
    ratio,
    goal === undefined ? '' : goalText(goal, unit),
    goal === undefined ? '' : isMet(row, goal) ? 'met' : 'missed',
  ];
}

function goalText({ of, is, limit }: Goal, unit: Unit): string {
  const bound = of === 'ratio' ? `${limit} x` : unit === 'count' ? String(limit) : `${limit} ${unit}`;
  const which = of === 'min' ? 'every round ' : of === 'max' ? 'every round ' : '';
  return `${which}${is} ${bound}`;
}

function amount(value: number, unit: Unit): string {
  if (unit === 'count') return String(value);
  return `${value.toFixed(value < 1000 ? 1 : 0)} ${unit}`;
}

function factor(value: number): string {
  return value.toFixed(value < 0.1 ? 4 : 2);
}
