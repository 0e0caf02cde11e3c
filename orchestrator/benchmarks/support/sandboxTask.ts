import path from 'node:path';
import type { TaskEnvironment } from '../../src/run/paths.ts';
import { TASK } from './scratchRepo.ts';

/** Where the task of a repository under `repoRoot` lives, for measurements that need no pipeline. Pure. */
export function sandboxTask(repoRoot: string): TaskEnvironment {
  return {
    repoRoot,
    runsRoot: path.join(repoRoot, '.runs'),
    outRoot: path.join(repoRoot, 'out'),
    taskId: TASK,
  };
}
