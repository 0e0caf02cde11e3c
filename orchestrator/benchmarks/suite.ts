import type { Row } from './report/row.ts';
import type { Programs } from './support/buildPrograms.ts';

/** One topic of measurements; `npm run bench -- <name>` runs it alone. */
export interface Suite {
  name: string;
  /** What is measured, for the line above the table. */
  title: string;
  /** Rounds unless `--runs` says otherwise. */
  runs: number;
  /** Resolves with the rows of its table. Rejects when something could not be measured. */
  measure(context: SuiteContext): Promise<Row[]>;
}

export interface SuiteContext {
  programs: Programs;
  /** Absolute path of an empty folder on disk, removed after the suite. */
  folder: string;
  /** Rounds that count. */
  runs: number;
  /** How much a printing stage prints. */
  bytes: number;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
}
