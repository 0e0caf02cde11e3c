import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod/mini';
import { taskPaths } from '../../src/run/paths.ts';
import type { SuiteContext } from '../suite.ts';
import { commitAll } from './gitRepo.ts';
import { TASK } from './scratchRepo.ts';

/** Whether the folder that a loop works on is a git repository. */
export type LoopRepoKind = 'git' | 'folder';

/** A small project for a loop to work on. */
export interface LoopRepo {
  root: string;
  /** Arguments of `node` for a whole loop. */
  rlmArgs(options: LoopArgs): string[];
  /** What the only loop that has run here recorded. */
  record(): Promise<LoopRecord>;
  /** Size in bytes of one of that loop's files. */
  sizeOf(file: string): Promise<number>;
  remove(): Promise<void>;
}

export interface LoopArgs {
  validator: string;
  maxIterations: number;
  /** Shell text of the agent, or the name of one that is looked up on PATH. */
  agent: { command: string } | { name: string };
}

export interface LoopRecord {
  status: string;
  iterations: number;
  /** Time from spawn to exit of all processes of agent and validator, by the loop's own clock. */
  ownMs: number;
}

/** The first is the one for an agent to change. */
export const FILE_TO_CHANGE = 'src/file-0.txt';

const FILES = 50;
const LINES = 40;

const stateShape = z.object({
  iterations: z.array(
    z.object({
      calls: z.array(z.object({ durationMs: z.number() })),
      validatorMs: z.nullable(z.number()),
    }),
  ),
  final: z.object({ status: z.string() }),
});

/** Makes a project of 50 files in the suite's folder; as a repository with one commit, or as a plain folder. */
export async function loopRepo(
  { programs, folder, signal }: Pick<SuiteContext, 'programs' | 'folder' | 'signal'>,
  kind: LoopRepoKind,
): Promise<LoopRepo> {
  const root = await mkdtemp(path.join(folder, 'loop-'));
  await mkdir(path.join(root, 'src'));
  for (let file = 0; file < FILES; file += 1) {
    const lines = Array.from({ length: LINES }, (_, line) => `line ${line} of file ${file}\n`);
    await writeFile(path.join(root, 'src', `file-${file}.txt`), lines.join(''));
  }
  if (kind === 'git') await commitAll(root, signal);
  const env = { repoRoot: root, runsRoot: path.join(root, '.runs'), outRoot: path.join(root, 'out') };
  const { runsDir } = taskPaths({ ...env, taskId: TASK });
  return {
    root,
    rlmArgs({ validator, maxIterations, agent }) {
      const given = 'command' in agent ? ['--agent-command', agent.command] : ['--agent', agent.name];
      const limits = ['--validator', validator, '--max-iterations', String(maxIterations)];
      return [programs.cli, 'rlm', 'Measure the loop', '--task', TASK, ...given, ...limits];
    },
    record: async () => recordIn(await readFile(await fileOfLoop(runsDir, 'state.json'), 'utf8')),
    sizeOf: async (file) => (await stat(await fileOfLoop(runsDir, file))).size,
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

async function fileOfLoop(runsDir: string, file: string): Promise<string> {
  const [run, ...others] = await readdir(runsDir);
  if (run === undefined || others.length > 0) throw new Error('There is not exactly one loop to look at.');
  return path.join(runsDir, run, 'rlm', file);
}

function recordIn(document: string): LoopRecord {
  const { iterations, final } = stateShape.parse(JSON.parse(document));
  const times = iterations.flatMap(({ calls, validatorMs }) => [
    ...calls.map(({ durationMs }) => durationMs),
    validatorMs ?? 0,
  ]);
  return {
    status: final.status,
    iterations: iterations.length,
    ownMs: times.reduce((sum, ms) => sum + ms, 0),
  };
}
