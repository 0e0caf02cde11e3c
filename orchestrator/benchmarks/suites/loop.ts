import type { Suite } from '../suite.ts';
import { measureIterations } from './loop/iterations.ts';
import { measureOutput, OUTPUTS } from './loop/output.ts';
import { measureStartUp } from './loop/startUp.ts';

/** What the agent loop itself costs: its start, its iterations, and an agent or a validator that prints a lot. */
export const loop: Suite = {
  name: 'loop',
  title: 'rlm: start-up, cost of an iteration, output of agent and validator',
  runs: 5,
  async measure(context) {
    const rows = await measureStartUp(context);
    for (const kind of ['git', 'folder'] as const) rows.push(...(await measureIterations(context, { kind })));
    for (const output of OUTPUTS) rows.push(...(await measureOutput(context, output)));
    return rows;
  },
};
