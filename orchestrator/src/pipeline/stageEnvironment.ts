import path from 'node:path';
import type { RunPaths, TaskEnvironment } from '../run/paths.ts';

/** What the environment of a stage is made of, whichever run it is in. */
export interface LastingInput {
  env: TaskEnvironment;
  pipelineId: string;
  /** Environment the CLI was started with. */
  processEnv: NodeJS.ProcessEnv;
  /** From pipeline aliases. */
  overrides: Readonly<Record<string, string>>;
}

export interface StageEnvironmentInput extends LastingInput {
  paths: RunPaths;
  /** Folder of this package, for stages that call scripts shipped with it. */
  packageRoot: string;
  stageEnv: Record<string, string>;
}

/** Pipelines that count as design pipelines to the tools that read `DESIGN_PIPELINE`. */
const DESIGN_PIPELINES = new Set(['design-reference', 'hi-fi-design-toolkit']);

/**
 * The environment of a stage. Later wins: the CLI's own, design variables, alias overrides, the nine exported
 * variables (absolute paths), the stage's `env` (contract: configuration, section 2). Pure.
 */
export function stageEnvironment(input: StageEnvironmentInput): NodeJS.ProcessEnv {
  const { paths, packageRoot, stageEnv } = input;
  return {
    ...lastingEnvironment(input),
    CODEX_ORCHESTRATOR_RUN_ID: paths.runId,
    CODEX_ORCHESTRATOR_MANIFEST_PATH: paths.manifestPath,
    CODEX_ORCHESTRATOR_RUN_DIR: paths.runDir,
    CODEX_ORCHESTRATOR_PACKAGE_ROOT: packageRoot,
    ...stageEnv,
  };
}

/** The part of it that another run of the same task in the same checkout has as well. Pure. */
export function lastingEnvironment(input: LastingInput): NodeJS.ProcessEnv {
  const { env, pipelineId, processEnv, overrides } = input;
  return {
    ...processEnv,
    DESIGN_CONFIG_PATH: path.join(env.repoRoot, 'design.config.yaml'),
    ...(DESIGN_PIPELINES.has(pipelineId) && processEnv['DESIGN_PIPELINE'] === undefined
      ? { DESIGN_PIPELINE: '1' }
      : {}),
    ...overrides,
    CODEX_ORCHESTRATOR_TASK_ID: env.taskId,
    CODEX_ORCHESTRATOR_PIPELINE_ID: pipelineId,
    CODEX_ORCHESTRATOR_RUNS_DIR: env.runsRoot,
    CODEX_ORCHESTRATOR_OUT_DIR: env.outRoot,
    CODEX_ORCHESTRATOR_ROOT: env.repoRoot,
  };
}
