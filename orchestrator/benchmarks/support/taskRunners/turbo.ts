import { GIT_ENVIRONMENT } from '../gitRepo.ts';
import type { Task, TaskRunner } from './taskRunner.ts';

/** It has no daemon any more for runs. Nothing is sent or looked up elsewhere. */
const ENVIRONMENT = {
  ...GIT_ENVIRONMENT,
  TURBO_TELEMETRY_DISABLED: '1',
  TURBO_NO_UPDATE_NOTIFIER: '1',
  // It runs a task by way of npm.
  npm_config_update_notifier: 'false',
};

/** turbo, with a script for each task in one package; with a package for each task it takes as long. */
export function turbo(name: string, program: string): TaskRunner {
  return {
    name,
    files: (tasks) => ({
      'turbo.json': json({ tasks: Object.fromEntries(tasks.map((task) => [task.id, settings(task)])) }),
      'package.json': json({
        name: 'bench',
        private: true,
        // It insists on one, of any version.
        packageManager: 'npm@10.8.2',
        scripts: Object.fromEntries(tasks.map(({ id, command }) => [id, command])),
      }),
    }),
    call: (tasks) => ({ file: program, args: ['run', ...tasks.map(({ id }) => id)], env: ENVIRONMENT }),
    spared: (output) => Promise.resolve(sparedByTurbo(output)),
  };
}

/** What its summary says: `Cached:    10 cached, 10 total`. NaN when there is none. Pure. */
export function sparedByTurbo(output: string): number {
  return Number(/^Cached:\s+(\d+) cached, \d+ total$/m.exec(output)?.[1]);
}

function settings({ cache }: Task): object {
  return cache ?? { cache: false };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
