import os from 'node:os';
import type { Suite } from '../suite.ts';
import { installPeers } from '../support/peers.ts';
import { requireFreeSpace } from '../support/requireFreeSpace.ts';
import { measureCachedStages } from './overhead/cachedStages.ts';
import { measureDiamond } from './overhead/diamond.ts';
import { measureTrivialStages } from './overhead/trivialStages.ts';

/** Blocks and inodes of 20,000 short files for each of four runners, as files and in git. */
const DISK_BYTES = 1e9;
/** More than a small machine has cores. */
const MANY = 8;

/** What the orchestrator itself costs, seen from outside: stages that do nothing or little, whole processes. */
export const overhead: Suite = {
  name: 'overhead',
  title: '--version, stages that do nothing, cached stages, a graph; against other runners',
  runs: 15,
  async measure(context) {
    await requireFreeSpace(context.folder, DISK_BYTES);
    const peers = await installPeers();
    const rows = [
      ...(await measureTrivialStages(context, peers)),
      ...(await measureCachedStages(context, peers, {
        name: '10 stages cached over 200 files each',
        stages: 10,
        files: 200,
        folders: 1,
      })),
      ...(await measureCachedStages(context, peers, {
        name: '1 stage cached over 20,000 files',
        stages: 1,
        files: 20_000,
        folders: 200,
      })),
    ];
    for (const concurrency of new Set([os.availableParallelism(), MANY])) {
      rows.push(...(await measureDiamond(context, { stages: 200, concurrency })));
    }
    return rows;
  },
};
