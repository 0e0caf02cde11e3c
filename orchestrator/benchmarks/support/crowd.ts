import type { SuiteContext } from '../suite.ts';
import { countedRuns, indexedRunIds, metricsRunIds, runManifests } from './evidence.ts';
import { outcome, runProcess } from './processTiming.ts';
import { scratchRepo } from './scratchRepo.ts';
import type { ScratchRepo } from './scratchRepo.ts';

/** What simultaneous runs of one task left behind. */
export interface Crowd {
  ms: number;
  /** Processes that did not exit with 0. */
  failures: number;
  /** Manifests that say `succeeded`. */
  succeeded: number;
  /** Manifests that say `metrics_recorded`. */
  flagged: number;
  /** Runs that the aggregates count. */
  counted: number;
  /** Runs in `runs.json` and its archive. */
  indexed: number;
  /** Metrics entries with different run ids, recorded or pending. */
  entries: number;
  /** Metrics entries beyond the first of a run id. */
  duplicates: number;
  /** Entries that no run has merged. */
  pending: number;
}

type Context = Pick<SuiteContext, 'programs' | 'folder' | 'signal'>;

/** Starts `size` runs at the same moment in a repository that has seen no run, and looks when the last has ended. */
export async function crowd(size: number, context: Context): Promise<Crowd> {
  const repo = await scratchRepo(context, ['true']);
  const before = process.hrtime.bigint();
  const runs = Array.from({ length: size }, () =>
    runProcess({
      file: process.execPath,
      args: repo.startArgs,
      cwd: repo.root,
      signal: context.signal,
    }),
  );
  // Also when one cannot be measured: until the last has ended, the repository cannot be removed.
  await Promise.allSettled(runs);
  const ms = Number(process.hrtime.bigint() - before) / 1e6;
  const results = await Promise.all(runs);
  const failed = results.filter(({ code }) => code !== 0);
  // A failure is a number in the table, not the end of the measurement; only here its reason can be seen.
  for (const result of failed) console.error(`One of ${size} runs ${outcome(result)}`);
  const left = { ms, failures: failed.length, ...(await leftBehind(repo)) };
  await repo.remove();
  return left;
}

async function leftBehind({ paths }: ScratchRepo): Promise<Omit<Crowd, 'ms' | 'failures'>> {
  const manifests = await runManifests(paths);
  const { recorded, pending } = await metricsRunIds(paths);
  const all = [...recorded, ...pending];
  const entries = new Set(all).size;
  return {
    succeeded: manifests.filter(({ status }) => status === 'succeeded').length,
    flagged: manifests.filter(({ metrics_recorded }) => metrics_recorded).length,
    counted: await countedRuns(paths),
    indexed: (await indexedRunIds(paths)).length,
    entries,
    duplicates: all.length - entries,
    pending: pending.length,
  };
}
