import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { taskPaths } from '../../src/run/paths.ts';
import type { TaskPaths } from '../../src/run/paths.ts';
import type { SuiteContext } from '../suite.ts';
import type { Programs } from './buildPrograms.ts';

/** The one pipeline of a scratch repository. */
export const PIPELINE = 'bench';
/** The task under which everything runs. */
export const TASK = 'bench';

/** The name of the configuration in the root of a repository. */
export const CONFIG_FILE = 'codex.orchestrator.json';

export interface ScratchStage {
  id: string;
  /** Shell text. */
  command: string;
  needs?: string[];
  cache?: { inputs: string[]; outputs: string[] };
}

/** What it takes to make one and to run it. */
export interface ScratchContext extends Pick<SuiteContext, 'folder'> {
  programs: Pick<Programs, 'cli'>;
}

/** A repository that holds nothing but a pipeline. */
export interface ScratchRepo {
  root: string;
  paths: TaskPaths;
  /** Arguments of a whole run of its pipeline, the command line's own path first. */
  startArgs: string[];
  remove(): Promise<void>;
}

/** Makes a repository in the suite's folder with these stages; those that are only a text run one after another. */
export async function scratchRepo(
  context: ScratchContext,
  stages: readonly (string | ScratchStage)[],
): Promise<ScratchRepo> {
  const root = await mkdtemp(path.join(context.folder, 'repo-'));
  const named = stages.map((stage, at) =>
    typeof stage === 'string' ? { id: `stage-${at + 1}`, command: stage } : stage,
  );
  await writeFile(path.join(root, CONFIG_FILE), scratchConfig(named));
  const env = {
    repoRoot: root,
    runsRoot: path.join(root, '.runs'),
    outRoot: path.join(root, 'out'),
    taskId: TASK,
  };
  return {
    root,
    paths: taskPaths(env),
    startArgs: scratchStartArgs(context.programs),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

/** The configuration of a repository with one pipeline of these stages. Pure. */
export function scratchConfig(stages: readonly ScratchStage[]): string {
  const pipeline = {
    id: PIPELINE,
    title: 'Bench',
    guardrailsRequired: false,
    stages: stages.map((stage) => ({ kind: 'command', title: stage.id, ...stage })),
  };
  return `${JSON.stringify({ defaultPipeline: PIPELINE, pipelines: [pipeline] }, null, 2)}\n`;
}

/** Arguments of Node for a whole run of the pipeline of a scratch repository, which is the current directory. */
export function scratchStartArgs({ cli }: Pick<Programs, 'cli'>): string[] {
  return [cli, 'start', PIPELINE, '--task', TASK];
}
