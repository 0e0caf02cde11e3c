import type { Row } from '../report/row.ts';
import type { Suite } from '../suite.ts';
import { type Crowd, crowd } from '../support/crowd.ts';
import { contender, interleave } from '../support/interleave.ts';
import { pairwiseRatios } from '../support/stats.ts';

const STARTS = 20;

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
