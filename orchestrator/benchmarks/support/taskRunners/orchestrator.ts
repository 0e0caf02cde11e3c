import type { Programs } from '../buildPrograms.ts';
import { cacheResults } from '../cacheResults.ts';
import { GIT_ENVIRONMENT } from '../gitRepo.ts';
import { CONFIG_FILE, scratchConfig, scratchStartArgs } from '../scratchRepo.ts';
import type { TaskRunner } from './taskRunner.ts';

/** Ours: one stage for each task, in listed order. The cache is that of the repository. */
export function orchestrator(programs: Pick<Programs, 'cli'>): TaskRunner {
  return {
    name: 'start',
    files: (tasks) => ({ [CONFIG_FILE]: scratchConfig(tasks) }),
    call: () => ({ file: process.execPath, args: scratchStartArgs(programs), env: GIT_ENVIRONMENT }),
    async spared(output, root) {
      const results = await cacheResults(output, root);
      return Object.values(results).filter((result) => result === 'hit').length;
    },
  };
}
