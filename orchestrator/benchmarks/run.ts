import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { benchOptions } from './benchOptions.ts';
import { catchInterruption } from './interruption.ts';
import { writeJsonReport } from './report/jsonReport.ts';
import type { MeasuredSuite } from './report/jsonReport.ts';
import type { Row } from './report/row.ts';
import { suiteTable } from './report/suiteTable.ts';
import type { Suite, SuiteContext } from './suite.ts';
import { concurrency } from './suites/concurrency.ts';
import { diagnostics } from './suites/diagnostics.ts';
import { loop } from './suites/loop.ts';
import { metrics } from './suites/metrics.ts';
import { output } from './suites/output.ts';
import { overhead } from './suites/overhead.ts';
import { buildPrograms } from './support/buildPrograms.ts';
import { describeMachine, machineLine } from './support/machine.ts';

/**
 * `npm run bench`: measures and prints. A missed target is a word in the table; only a measurement that could not be
 * made is a failure.
 */
const SUITES: Suite[] = [overhead, output, concurrency, loop, metrics, diagnostics];

const options = benchOptions(
  process.argv.slice(2),
  SUITES.map(({ name }) => name),
);
const interruption = catchInterruption();
const root = await mkdtemp(path.join(os.tmpdir(), 'codex-bench-'));
try {
  process.exitCode = await measureAll();
} catch (error) {
  notMeasured(error);
  process.exitCode = 1;
} finally {
  await rm(root, { recursive: true, force: true });
}

/** Resolves with the exit code. */
async function measureAll(): Promise<number> {
  const machine = await describeMachine();
  console.log(machineLine(machine));
  const programs = await buildPrograms(root);
  const measured: MeasuredSuite[] = [];
  const failed: string[] = [];
  for (const suite of SUITES) {
    if (interruption.signal.aborted || !isChosen(suite)) continue;
    const runs = options.runs ?? suite.runs;
    const load = os.loadavg()[0]?.toFixed(2) ?? '';
    console.log(`\n${suite.name}: ${suite.title} (1 + ${runs} rounds, load ${load})`);
    try {
      const rows = await measureSuite(suite, {
        programs,
        runs,
        bytes: options.bytes,
        signal: interruption.signal,
      });
      for (const line of suiteTable(rows)) console.log(line);
      measured.push({ name: suite.name, title: suite.title, runs, rows });
    } catch (error) {
      notMeasured(error);
      failed.push(suite.name);
    }
  }
  if (options.json !== undefined) await writeJsonReport(options.json, machine, measured);
  return interruption.exitCode() ?? (failed.length === 0 ? 0 : 1);
}

function notMeasured(error: unknown): void {
  console.error(`Not measured: ${error instanceof Error ? error.message : String(error)}`);
}

function isChosen({ name }: Suite): boolean {
  return options.names.length === 0 || options.names.includes(name);
}

async function measureSuite(suite: Suite, context: Omit<SuiteContext, 'folder'>): Promise<Row[]> {
  const folder = await mkdtemp(path.join(root, `${suite.name}-`));
  try {
    return await suite.measure({ ...context, folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
