import { FailureError } from '../../failure.ts';
import { memoPath } from '../../pipeline/stageCache/cachePlaces.ts';
import { cacheDirOf } from '../cacheDir.ts';
import type { StartOptions } from '../commands/definitions/start.ts';
import type { CliContext } from '../context.ts';
import { resolveEnvironment } from '../environment.ts';
import { beginRun } from './beginRun.ts';
import { chooseWatched } from './watchChoice.ts';

/**
 * `start --watch`: runs a pipeline, and again whenever files change that its stages read. Resolves with the exit code once
 * somebody asks it to stop.
 *
 * @throws whatever the first run throws; later ones only what watching cannot go on with.
 */
export async function startWatch(options: StartOptions, context: CliContext): Promise<number> {
  if (options.format === 'json') {
    const message = '--format json prints one document, and with --watch there is one run after another';
    throw new FailureError({ kind: 'usage', message });
  }
  const env = resolveEnvironment({ task: options.task, env: context.env, cwd: context.cwd });
  const { runsRoot, repoRoot } = env;
  const cacheDir = cacheDirOf({ runsRoot, startDirectory: context.cwd, processEnv: context.env });
  const { watchRepository } = await import('./watchRepository.ts');
  return watchRepository({
    context,
    env,
    cacheDir,
    memoFile: memoPath(cacheDir, repoRoot),
    isQuiet: options.quiet,
    choose: (stderr) => chooseWatched(options, { ...context, stderr }, env),
    begin: (choice, { isForced }) =>
      beginRun({ ...options, force: options.force && isForced }, context, choice),
  });
}
