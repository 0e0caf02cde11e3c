import type { Check } from '../doctor/check.ts';
import { padCells } from './cells.ts';
import { printableLines } from './printable.ts';
import type { Style } from './style.ts';

/** One line per check, its advice below it, and at the end whether runs can work here. */
export function doctorText(checks: readonly Check[], style: Style): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const paint = { ok: style.green, warn: style.yellow, fail: style.red };
  const lines = checks.flatMap(({ name, status, detail, advice }) => [
    `${paint[status](padCells(status, 4))}  ${padCells(name, width)}  ${printableLines(detail).join(' ')}`,
    ...printableLines(advice ?? '').map((line) => `      ${' '.repeat(width)}  ${line}`),
  ]);
  const failed = checks.filter(({ status }) => status === 'fail').length;
  const verdict =
    failed === 0
      ? 'Runs can work here.'
      : `Runs cannot work here: ${failed} of ${checks.length} checks failed.`;
  return `${[...lines, verdict].join('\n')}\n`;
}
