import type { Suite } from '../suite.ts';
import { measureCrowd } from './metrics/crowd.ts';
import { measureHistories } from './metrics/histories.ts';
import { measureKills } from './metrics/kills.ts';
import { measureReaders } from './metrics/readers.ts';

/** What recording a run costs, whatever the history, and whether anything is lost or seen half-written. */
export const metrics: Suite = {
  name: 'metrics',
  title: 'record and aggregate a run, against two references; many runs at once; kills; readers',
  runs: 5,
  async measure(context) {
    return [
      ...(await measureHistories(context)),
      ...(await measureCrowd(context)),
      ...(await measureReaders(context)),
      ...(await measureKills(context)),
    ];
  },
};
