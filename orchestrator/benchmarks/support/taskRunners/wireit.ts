import path from 'node:path';
import { GIT_ENVIRONMENT } from '../gitRepo.ts';
import type { Task, TaskRunner } from './taskRunner.ts';

/** The script that needs all others. */
const ALL = 'all';

/**
 * wireit, started without `npm run`, which would add the time of npm: the environment is what it learns from npm.
 * It keeps results in the repository and sends nothing.
 */
export function wireit(program: string): TaskRunner {
  return {
    name: 'wireit',
    files: (tasks) => {
      const ids = tasks.map(({ id }) => id);
      return {
        'package.json': `${JSON.stringify(
          {
            name: 'bench',
            private: true,
            scripts: Object.fromEntries([ALL, ...ids].map((id) => [id, 'wireit'])),
            wireit: {
              [ALL]: { dependencies: ids },
              ...Object.fromEntries(tasks.map((task) => [task.id, settings(task)])),
            },
          },
          null,
          2,
        )}\n`,
      };
    },
    call: (_tasks, root) => ({
      file: process.execPath,
      args: [program],
      env: {
        ...GIT_ENVIRONMENT,
        npm_lifecycle_event: ALL,
        npm_package_json: path.join(root, 'package.json'),
        npm_config_user_agent: `npm/10.8.2 node/${process.version}`,
      },
    }),
    spared: (output) => Promise.resolve(sparedByWireit(output)),
  };
}

/** What its summary says: `Ran 0 scripts and skipped 10 in 0.4s.` NaN when there is none. Pure. */
export function sparedByWireit(output: string): number {
  return Number(/Ran \d+ scripts? and skipped (\d+) in /.exec(output)?.[1]);
}

function settings({ command, cache }: Task): object {
  return { command, ...(cache && { files: cache.inputs, output: cache.outputs }) };
}
