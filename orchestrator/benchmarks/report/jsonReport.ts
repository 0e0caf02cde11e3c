import { writeFile } from 'node:fs/promises';
import type { Machine } from '../support/machine.ts';
import { max, median, medianDeviation, min } from '../support/stats.ts';
import { goalValue, isMet } from './row.ts';
import type { Row } from './row.ts';

/** A suite that was measured to its end. */
export interface MeasuredSuite {
  name: string;
  title: string;
  runs: number;
  rows: Row[];
}

/** Writes everything that was measured, every single sample included, as one JSON document. */
export async function writeJsonReport(
  file: string,
  machine: Machine,
  suites: readonly MeasuredSuite[],
): Promise<void> {
  const report = {
    measured_at: new Date().toISOString(),
    machine,
    suites: suites.map((suite) => ({ ...suite, rows: suite.rows.map(rowReport) })),
  };
  await writeFile(file, `${JSON.stringify(report, null, 2)}\n`);
}

function rowReport(row: Row): object {
  const { samples, versus, goal } = row;
  return {
    ...row,
    median: median(samples),
    min: min(samples),
    max: max(samples),
    mad: medianDeviation(samples),
    ...(versus === undefined ? {} : { versus: { ...versus, median: median(versus.ratios) } }),
    ...(goal === undefined ? {} : { goal: { ...goal, value: goalValue(row, goal), met: isMet(row, goal) } }),
  };
}
