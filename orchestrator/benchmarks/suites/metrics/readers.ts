import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod/mini';
import { aggregateFiles } from '../../../src/cli/metrics/aggregates/aggregateDocuments.ts';
import type { Row } from '../../report/row.ts';
import type { SuiteContext } from '../../suite.ts';
import { metricsTask } from '../../support/metricsTask.ts';
import { outcome, runProcess } from '../../support/processTiming.ts';
import { sandboxTask } from '../../support/sandboxTask.ts';

const UPDATES = 1000;

const seenShape = z.object({ reads: z.number(), missing: z.number(), partial: z.number() });

/** A process that reads the aggregates as fast as it can while another one records runs, one update each. */
export async function measureReaders(context: SuiteContext, updates: number = UPDATES): Promise<Row[]> {
  const task = await metricsTask(context, 1);
  await task.rebuild('ours');
  const stop = path.join(task.root, 'stop');
  const documents = Object.values(aggregateFiles(sandboxTask(task.root)));
  const reading = runProcess({
    file: process.execPath,
    args: [context.programs.pollDocuments, stop, ...documents],
    cwd: task.root,
    signal: context.signal,
  });
  try {
    await task.record('ours', updates);
  } finally {
    await writeFile(stop, '');
  }
  const reader = await reading;
  if (reader.code !== 0) throw new Error(`The reader ${outcome(reader)}`);
  const { reads, missing, partial } = seenShape.parse(JSON.parse(reader.outputTail));
  await task.remove();
  const during = `${updates.toLocaleString('en')} updates`;
  const none = { of: 'max', is: 'at most', limit: 0 } as const;
  return [
    { work: `aggregates read during ${during}`, unit: 'count', samples: [reads] },
    { work: 'of these missing', unit: 'count', samples: [missing], goal: none },
    { work: 'of these not complete', unit: 'count', samples: [partial], goal: none },
  ];
}
