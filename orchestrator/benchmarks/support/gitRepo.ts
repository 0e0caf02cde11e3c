import { runProcess } from './processTiming.ts';

/** Configuration of the user or the machine is no part of what is measured. */
export const GIT_ENVIRONMENT = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };

/**
 * Makes a repository of a folder, with one commit of everything in it.
 *
 * @throws Error with what git said, when it fails.
 */
export async function commitAll(cwd: string, signal: AbortSignal): Promise<void> {
  const identity = ['-c', 'user.name=bench', '-c', 'user.email=bench@localhost'];
  for (const args of [
    ['init', '-q'],
    ['add', '-A'],
    [...identity, 'commit', '-q', '-m', 'bench'],
  ]) {
    await git(args, cwd, signal);
  }
}

/** Runs git in a folder. @throws Error with what it said, when it fails. */
export async function git(args: readonly string[], cwd: string, signal: AbortSignal): Promise<void> {
  const { code, outputTail } = await runProcess({ file: 'git', args, cwd, env: GIT_ENVIRONMENT, signal });
  if (code !== 0) throw new Error(`git ${args.join(' ')}: ${outputTail}`);
}
