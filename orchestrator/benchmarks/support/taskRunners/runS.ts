import type { TaskRunner } from './taskRunner.ts';

/** npm-run-all2: scripts one after another, each by way of npm. It knows no cache. */
export function runS(program: string): TaskRunner {
  return {
    name: 'npm-run-all2 (run-s)',
    files: (tasks) => ({
      'package.json': `${JSON.stringify(
        {
          name: 'bench',
          private: true,
          scripts: Object.fromEntries(tasks.map(({ id, command }) => [id, command])),
        },
        null,
        2,
      )}\n`,
    }),
    call: (tasks) => ({
      file: program,
      args: tasks.map(({ id }) => id),
      env: { npm_config_update_notifier: 'false' },
    }),
    spared: () => Promise.resolve(0),
  };
}
