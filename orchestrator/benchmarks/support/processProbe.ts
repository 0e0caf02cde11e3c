import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod/mini';
import type { SuiteContext } from '../suite.ts';
import { timeProcess } from './processTiming.ts';
import type { ProcessRequest } from './processTiming.ts';

const reportShape = z.object({ peakRssBytes: z.number(), renames: z.record(z.string(), z.number()) });

/** What a Node process did, as told by itself at its exit. */
export interface ProbedRun {
  ms: number;
  /** Highest resident memory of this one process, its children not included. */
  peakRssBytes: number;
  /** How often a file was renamed onto each path. */
  renames: Record<string, number>;
}

/**
 * Runs a Node program with a probe inside. The probe costs about a millisecond: do not compare such a time to one
 * without it when it is short. The program's children carry no probe.
 *
 * @throws Error when the program fails or ends without a report.
 */
export async function probeNode(
  request: Omit<ProcessRequest, 'file'>,
  context: Pick<SuiteContext, 'programs' | 'folder'>,
): Promise<ProbedRun> {
  const report = path.join(context.folder, 'probe.json');
  const ms = await timeProcess({
    ...request,
    file: process.execPath,
    args: ['--require', context.programs.probe, ...request.args],
    env: { ...request.env, CODEX_BENCH_PROBE: report },
  });
  const parsed = reportShape.parse(JSON.parse(await readFile(report, 'utf8')));
  await rm(report);
  return { ms, ...parsed };
}
