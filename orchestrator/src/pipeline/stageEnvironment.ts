import path from 'node:path';
import type { RunPaths, TaskEnvironment } from '../run/paths.ts';

export interface StageEnvironmentInput {
  env: TaskEnvironment;
  paths: RunPaths;
  pipelineId: string;
  /** Folder of this package, for stages that call scripts shipped with it. */
  packageRoot: string;
  /** Environment the CLI was started with. */
  processEnv: NodeJS.ProcessEnv;
  /** From pipeline aliases. */
  overrides: Record<string, string>;
  stageEnv: Record<string, string>;
}

/** Pipelines that count as design pipelines to the tools that read `DESIGN_PIPELINE`. */
const DESIGN_PIPELINES = new Set(['design-reference', 'hi-fi-design-toolkit']);

/**
 * The environment of a stage. Later wins: the CLI's own, design variables, alias overrides, the nine exported
 * variables (absolute paths), the stage's `env` (contract: configuration, section 2). Pure.
 */
export function stageEnvironment(input: StageEnvironmentInput): NodeJS.ProcessEnv {
  const { env, paths, pipelineId, processEnv } = input;
  return {
    ...processEnv,
    DESIGN_CONFIG_PATH: path.join(env.repoRoot, 'design.config.yaml'),
    ...(DESIGN_PIPELINES.has(pipelineId) && processEnv['DESIGN_PIPELINE'] === undefined
      ? { DESIGN_PIPELINE: '1' }
      : {}),
    ...input.overrides,
    CODEX_ORCHESTRATOR_TASK_ID: env.taskId,
    CODEX_ORCHESTRATOR_RUN_ID: paths.runId,
    CODEX_ORCHESTRATOR_PIPELINE_ID: pipelineId,
    CODEX_ORCHESTRATOR_MANIFEST_PATH: paths.manifestPath,
    CODEX_ORCHESTRATOR_RUN_DIR: paths.runDir,
    CODEX_ORCHESTRATOR_RUNS_DIR: env.runsRoot,
    CODEX_ORCHESTRATOR_OUT_DIR: env.outRoot,
    CODEX_ORCHESTRATOR_ROOT: env.repoRoot,
    CODEX_ORCHESTRATOR_PACKAGE_ROOT: input.packageRoot,
    ...input.stageEnv,
  };
}
