import { execFile } from 'node:child_process';
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  realpath,
  rm,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { openWorkspace } from '../../../src/rlm/workspace/openWorkspace.ts';
import type { Workspace, WorkspaceOptions } from '../../../src/rlm/workspace/workspace.ts';

const run = promisify(execFile);

export const RUN_ID = '2026-11-22T12-46-41-046Z-423084bd';

/** A real repository in a temporary folder. */
export interface GitRepo {
  root: string;
  /** Environment in which git knows nothing of this machine, nor of its user. */
  env: NodeJS.ProcessEnv;
  /** Runs the user's git, who has a name; resolves with what it prints, without the last newline. */
  git(...args: string[]): Promise<string>;
  /** Writes a file and the folders above it; an executable one with mode 0o755. */
  write(file: string, content: string, mode?: number): Promise<void>;
  remove(file: string): Promise<void>;
  /** Every file outside `.git` and `.runs` with what it holds; executables and links are marked. */
  files(): Promise<Record<string, string>>;
  options(over?: Partial<WorkspaceOptions>): WorkspaceOptions;
  workspace(over?: Partial<WorkspaceOptions>): Promise<Workspace>;
  /** Bytes and values of what belongs to the user: index, HEAD, branches, stash. */
  belongings(): Promise<unknown>;
  cleanup(): Promise<void>;
}

export async function makeGitRepo({ isBare = false, isPlain = false } = {}): Promise<GitRepo> {
  const root = await realpath(await mkdtemp(path.join(tmpdir(), 'codex-git-')));
  const { PATH } = process.env;
  const env = { PATH, HOME: root, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
  const identity = {
    GIT_AUTHOR_NAME: 'User',
    GIT_AUTHOR_EMAIL: 'user@example.com',
    GIT_COMMITTER_NAME: 'User',
    GIT_COMMITTER_EMAIL: 'user@example.com',
  };
  const git = async (...args: string[]): Promise<string> => {
    const { stdout } = await run('git', args, { cwd: root, env: { ...env, ...identity }, maxBuffer: 1e8 });
    return stdout.replace(/\n$/, '');
  };
  if (!isPlain) await git('init', '-q', '-b', 'main', ...(isBare ? ['--bare'] : []));
  const options: GitRepo['options'] = (over) => ({
    repoRoot: root,
    runId: RUN_ID,
    dir: path.join(root, '.runs/0101/cli', RUN_ID, 'rlm'),
    exclude: [path.join(root, '.runs')],
    env,
    ...over,
  });
  return {
    root,
    env,
    git,
    async write(file, content, mode = 0o644) {
      const target = path.join(root, file);
      await mkdir(path.dirname(target), { recursive: true });
      await writeFile(target, content);
      await chmod(target, mode);
    },
    remove: (file) => rm(path.join(root, file), { recursive: true, force: true }),
    files: () => readFiles(root),
    options,
    workspace: (over) => openWorkspace(options(over)),
    belongings: async () => ({
      index: await readFile(path.join(root, '.git/index')).catch(() => null),
      head: await readFile(path.join(root, '.git/HEAD'), 'utf8'),
      refs: await git('for-each-ref', 'refs/heads', 'refs/tags', 'refs/stash'),
      stash: await readFile(path.join(root, '.git/logs/refs/stash'), 'utf8').catch(() => null),
    }),
    cleanup: () => rm(root, { recursive: true, force: true }),
  };
}

async function readFiles(root: string, folder = ''): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of await readdir(path.join(root, folder))) {
    if (name === '.git' || name === '.runs') continue;
    const file = path.join(folder, name);
    const stats = await lstat(path.join(root, file));
    if (stats.isDirectory()) Object.assign(found, await readFiles(root, file));
    else if (stats.isSymbolicLink()) found[file] = `link to ${await readlink(path.join(root, file))}`;
    else {
      const text = await readFile(path.join(root, file), 'latin1');
      found[file] = (stats.mode & 0o100) === 0 ? text : `program ${text}`;
    }
  }
  return found;
}
