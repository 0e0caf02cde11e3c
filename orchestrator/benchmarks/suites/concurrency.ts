import type { Row } from '../report/row.ts';
import type { Suite, SuiteContext } from '../suite.ts';
import { metricsRunIds, runStatuses } from '../support/evidence.ts';
import { contender, interleave } from '../support/interleave.ts';
import { outcome, runProcess } from '../support/processTiming.ts';
import { scratchRepo } from '../support/scratchRepo.ts';
import type { ScratchRepo } from '../support/scratchRepo.ts';
import { pairwiseRatios } from '../support/stats.ts';

const STARTS = 20;

/** What simultaneous runs of one task left behind. */
interface Crowd {
  ms: number;
  /** Processes that did not exit with 0. */
  failures: number;
  /** Manifests that say `succeeded`. */
  succeeded: number;
  /** Metrics entries with different run ids, recorded or pending. */
  entries: number;
  /** Metrics entries beyond the first of a run id. */
  duplicates: number;
  /** Entries that no run has merged. */
  pending: number;
}

/** Many runs of one task at once: is everything there afterwards? */
export const concurrency: Suite = {
  name: 'concurrency',
  title: `${STARTS} simultaneous runs of one task in a new repository`,
  runs: 5,
  async measure(context) {
    const one = contender('one run', () => crowd(1, context));
    const many = contender(`${STARTS} runs at once, until the last has ended`, () => crowd(STARTS, context));
    await interleave([one, many], context.runs);
    const single = one.results.map(({ ms }) => ms);
    const wall = many.results.map(({ ms }) => ms);
    const count = (work: string, pick: (result: Crowd) => number, goal?: Row['goal']): Row => ({
      work,
      unit: 'count',
      samples: many.results.map(pick),
      ...(goal === undefined ? {} : { goal }),
    });
    return [
      { work: one.name, unit: 'ms', samples: single },
      {
        work: many.name,
        unit: 'ms',
        samples: wall,
        versus: { reference: one.name, ratios: pairwiseRatios(wall, single) },
      },
      count('failures', (result) => result.failures, { of: 'max', is: 'at most', limit: 0 }),
      count('manifests that say succeeded', (result) => result.succeeded, ALL),
      count('metrics entries, recorded or pending', (result) => result.entries, ALL),
      count('metrics entries twice', (result) => result.duplicates, { of: 'max', is: 'at most', limit: 0 }),
      count('metrics entries pending', (result) => result.pending),
    ];
  },
};

const ALL = { of: 'min', is: 'at least', limit: STARTS } as const;

/** Starts `size` runs at the same moment in a repository that has seen no run. */
async function crowd(size: number, context: SuiteContext): Promise<Crowd> {
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
  const statuses = await runStatuses(paths);
  const { recorded, pending } = await metricsRunIds(paths);
  const all = [...recorded, ...pending];
  const entries = new Set(all).size;
  return {
    succeeded: statuses.filter((status) => status === 'succeeded').length,
    entries,
    duplicates: all.length - entries,
    pending: pending.length,
  };
}
