import type { Goal, Row } from '../../report/row.ts';
import type { SuiteContext } from '../../suite.ts';
import { type Crowd, crowd } from '../../support/crowd.ts';

const STARTS = 64;

/** Many runs of one task at once: when the last process has ended, is every run counted, flagged and indexed? */
export async function measureCrowd(context: SuiteContext, starts: number = STARTS): Promise<Row[]> {
  const crowds: Crowd[] = [];
  for (let round = 0; round < context.runs; round += 1) crowds.push(await crowd(starts, context));
  const count = (work: string, pick: (left: Crowd) => number, goal?: Goal): Row => ({
    work: `${starts} runs at once: ${work}`,
    unit: 'count',
    samples: crowds.map(pick),
    ...(goal === undefined ? {} : { goal }),
  });
  const all: Goal = { of: 'min', is: 'at least', limit: starts };
  const none: Goal = { of: 'max', is: 'at most', limit: 0 };
  return [
    { work: `${starts} runs at once`, unit: 'ms', samples: crowds.map(({ ms }) => ms) },
    count('failures', ({ failures }) => failures, none),
    count('counted in the aggregates', ({ counted }) => counted, all),
    count('manifests that say so', ({ flagged }) => flagged, all),
    count('in runs.json', ({ indexed }) => indexed, all),
    count('entries left in the queue', ({ pending }) => pending, none),
    count('entries twice', ({ duplicates }) => duplicates, none),
  ];
}
