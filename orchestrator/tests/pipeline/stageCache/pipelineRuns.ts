import fs from 'node:fs';
import path from 'node:path';
import { loadConfig } from '../../../src/config/loadConfig.ts';
import type { PipelineConfig } from '../../../src/config/types.ts';
import { createCancellation } from '../../../src/pipeline/cancellation.ts';
import { createSlots } from '../../../src/pipeline/graph/slots.ts';
import { planPipeline } from '../../../src/pipeline/plan.ts';
import type { RunSettings } from '../../../src/pipeline/runContext.ts';
import { resumePipeline, startPipeline } from '../../../src/pipeline/runPipeline.ts';
import { openStageCache } from '../../../src/pipeline/stageCache/openStageCache.ts';
import { DEFAULT_CAPS } from '../../../src/cache/store/pruneCache.ts';
import { treeOf } from '../../cache/store/cacheRig.ts';
import type { SandboxRepo } from '../../support/sandboxRepo.ts';

export interface RunChoices {
  /** null: every stage runs. */
  cacheDir: string | null;
  /** On top of what it takes to find programs. */
  env?: NodeJS.ProcessEnv;
  /** Finishes this run instead of beginning a new one. */
  resume?: string;
  taskId?: string;
  /** Cancels it as soon as a stage prints something. */
  cancelsOnOutput?: boolean;
}

/** What can be told of a run from outside. */
export interface ToldRun {
  runId: string;
  /** By stage id, of those that ran: how it ended, and what it printed. */
  stages: Record<string, { status: string; output: string }>;
  /** Ids of stages that were hits. */
  hits: string[];
  warnings: string[];
}

/** Runs the first pipeline of a repository in this process, all of it that can be run, two stages at a time. */
export async function runPipeline(
  repo: SandboxRepo,
  { cacheDir, env = {}, resume, taskId = '0101', cancelsOnOutput = false }: RunChoices,
): Promise<ToldRun> {
  const config = await configOf(repo);
  const [pipeline] = config.pipelines;
  if (pipeline === undefined) throw new Error('There is no pipeline');
  const told: ToldRun = { runId: '', stages: {}, hits: [], warnings: [] };
  const settings: RunSettings = {
    config,
    processEnv: { PATH: process.env['PATH'], ...env },
    startDirectory: repo.root,
    packageRoot: repo.root,
    graceMs: 1_000,
    cancellation: createCancellation(),
    slots: createSlots(2),
    onFailure: 'continue',
    cache: cacheDir === null ? null : openStageCache({ cacheDir, caps: DEFAULT_CAPS, renew: false }),
    listener: (event) => {
      if (event.type === 'stage:output' && cancelsOnOutput) settings.cancellation.cancel('cancel');
      if (event.type === 'warning') told.warnings.push(event.message);
      if (event.type !== 'stage:completed') return;
      const { stageId, status, outputTail, cachedFrom } = event;
      told.stages[stageId] = { status, output: outputTail };
      if (cachedFrom !== null) told.hits.push(stageId);
    },
    record: async (_env, _paths, manifest, persister) => {
      await persister.persist(manifest);
      return { warnings: [] };
    },
    drain: () => Promise.resolve({ warnings: [] }),
    builtins: { rlm: () => Promise.reject(new Error('There is no loop in it')) },
  };
  const request = {
    env: { repoRoot: repo.root, runsRoot: repo.runsRoot, outRoot: repo.outRoot, taskId },
    plan: planPipeline(pipeline, null),
    overrides: {},
    depth: 0,
  };
  const { paths } =
    resume === undefined
      ? await startPipeline(settings, { ...request, parentRunId: null, approvalPolicy: null })
      : await resumePipeline(settings, { ...request, runId: resume, actor: 'test', reason: 'test' });
  return { ...told, runId: paths.runId };
}

/** All that the repository holds besides the evidence of its runs: path to what is there. */
export async function contentOf(repo: SandboxRepo): Promise<Record<string, string>> {
  const tree: Record<string, string> = {};
  for (const name of fs.readdirSync(repo.root)) {
    const place = path.join(repo.root, name);
    if (name.startsWith('.') || name === 'out') continue;
    const stats = fs.lstatSync(place);
    if (stats.isDirectory()) Object.assign(tree, await treeOf(repo.root, name));
    else tree[name] = `${(stats.mode & 0o777).toString(8)} ${fs.readFileSync(place, 'latin1')}`;
  }
  return tree;
}

async function configOf(repo: SandboxRepo): Promise<PipelineConfig> {
  const result = await loadConfig(repo.root);
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.loaded.config;
}
