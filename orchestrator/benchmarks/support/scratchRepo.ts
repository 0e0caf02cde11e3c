import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { taskPaths } from '../../src/run/paths.ts';
import type { TaskPaths } from '../../src/run/paths.ts';
import type { SuiteContext } from '../suite.ts';

/** The one pipeline of a scratch repository. */
export const PIPELINE = 'bench';
/** The task under which everything runs. */
export const TASK = 'bench';

/** A repository that holds nothing but a pipeline. */
export interface ScratchRepo {
  root: string;
  paths: TaskPaths;
  /** Arguments of a whole run of its pipeline, the command line's own path first. */
  startArgs: string[];
  remove(): Promise<void>;
}

/** Makes a repository in the suite's folder whose pipeline runs `commands`, one stage each. */
export async function scratchRepo(
  context: Pick<SuiteContext, 'programs' | 'folder'>,
  commands: readonly string[],
): Promise<ScratchRepo> {
  const root = await mkdtemp(path.join(context.folder, 'repo-'));
  const stages = commands.map((command, at) => {
    const id = `stage-${at + 1}`;
    return { kind: 'command', id, title: id, command };
  });
  const pipeline = { id: PIPELINE, title: 'Bench', guardrailsRequired: false, stages };
  const config = { defaultPipeline: PIPELINE, pipelines: [pipeline] };
  await writeFile(path.join(root, 'codex.orchestrator.json'), `${JSON.stringify(config, null, 2)}\n`);
  const env = {
    repoRoot: root,
    runsRoot: path.join(root, '.runs'),
    outRoot: path.join(root, 'out'),
    taskId: TASK,
  };
  return {
    root,
    paths: taskPaths(env),
    startArgs: [context.programs.cli, 'start', PIPELINE, '--task', TASK],
    remove: () => rm(root, { recursive: true, force: true }),
  };
}
