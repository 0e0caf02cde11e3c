import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { SuiteContext } from '../suite.ts';
import { commitAll } from './gitRepo.ts';
import type { Peers } from './peers.ts';
import { outcome, runProcess } from './processTiming.ts';
import type { Task, TaskRunner } from './taskRunners/taskRunner.ts';

/** Files that a task reads; in all repositories the same. */
export interface InputFiles {
  /** Of each task. */
  files: number;
  /** Over which they are spread. */
  folders: number;
}

/** A git repository that is set up for one runner. */
export interface TaskRepo {
  root: string;
  runner: TaskRunner;
  /**
   * Has all tasks run, or taken from the runner's cache. Resolves with the wall time of the whole process in ms.
   *
   * @throws Error with the end of its output when it fails, or when not exactly so many tasks came from the cache.
   */
  run(options: { spared: number }): Promise<number>;
  remove(): Promise<void>;
}

type Context = Pick<SuiteContext, 'folder' | 'signal'>;

/** Where a task has its inputs, from the root of the repository. */
const INPUTS = 'inputs';
const LINES = 40;

/** Tasks that write one short file each; with inputs, they may be cached. */
export function cachedTasks(count: number): Task[] {
  return Array.from({ length: count }, (_, at) => {
    const id = `stage-${at + 1}`;
    const output = `made/${id}.txt`;
    return {
      id,
      command: `mkdir -p made && echo ${id} > ${output}`,
      cache: { inputs: [`${INPUTS}/${id}/**`], outputs: [output] },
    };
  });
}

/** Makes a repository in the suite's folder, with everything committed but what runners and tasks will leave. */
export async function taskRepo(
  { folder, signal }: Context,
  runner: TaskRunner,
  tasks: readonly Task[],
  { inputs, peers }: { inputs?: InputFiles; peers?: Peers } = {},
): Promise<TaskRepo> {
  const root = await mkdtemp(path.join(folder, 'tasks-'));
  for (const task of tasks) if (inputs !== undefined) await writeInputs(root, task, inputs);
  for (const [name, content] of Object.entries(runner.files(tasks))) {
    await writeFile(path.join(root, name), content);
  }
  await writeFile(path.join(root, '.gitignore'), 'made\nnode_modules\n.runs\n.turbo\n.wireit\n');
  // As if installed in this repository: they look for themselves there, and for what they start.
  if (peers !== undefined) await symlink(peers.nodeModules, path.join(root, 'node_modules'));
  await commitAll(root, signal);
  return {
    root,
    runner,
    async run({ spared }) {
      const result = await runProcess({ ...runner.call(tasks, root), cwd: root, signal });
      if (result.code !== 0) throw new Error(`${runner.name} ${outcome(result)}`);
      const known = await runner.spared(result.outputTail, root);
      if (known !== spared) {
        throw new Error(
          `${runner.name} took ${known} of ${tasks.length} tasks from its cache, not ${spared}:\n${result.outputTail}`,
        );
      }
      return result.ms;
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

async function writeInputs(root: string, { id }: Task, { files, folders }: InputFiles): Promise<void> {
  for (let folder = 0; folder < folders; folder += 1) {
    const place = path.join(root, INPUTS, id, `folder-${folder}`);
    await mkdir(place, { recursive: true });
    for (let file = folder; file < files; file += folders) {
      await writeFile(path.join(place, `file-${file}.txt`), `line ${file} of ${id}\n`.repeat(LINES));
    }
  }
}
