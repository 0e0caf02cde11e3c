import { expect, it } from 'vitest';
import { stageEnvironment } from '../../src/pipeline/stageEnvironment.ts';
import { runPaths } from '../../src/run/paths.ts';

const env = { repoRoot: '/repo', runsRoot: '/repo/.runs', outRoot: '/elsewhere/out', taskId: 't' };
const base = {
  env,
  paths: runPaths(env, 'run-1'),
  pipelineId: 'diagnostics',
  packageRoot: '/package',
  processEnv: { PATH: '/bin', CODEX_ORCHESTRATOR_RUN_ID: 'outer', SHARED: 'process' },
  overrides: { SHARED: 'alias' },
  stageEnv: {},
};

it('exports the run to its stages with absolute paths', () => {
  expect(stageEnvironment(base)).toEqual({
    PATH: '/bin',
    SHARED: 'alias',
    DESIGN_CONFIG_PATH: '/repo/design.config.yaml',
    CODEX_ORCHESTRATOR_TASK_ID: 't',
    CODEX_ORCHESTRATOR_RUN_ID: 'run-1',
    CODEX_ORCHESTRATOR_PIPELINE_ID: 'diagnostics',
    CODEX_ORCHESTRATOR_MANIFEST_PATH: '/repo/.runs/t/cli/run-1/manifest.json',
    CODEX_ORCHESTRATOR_RUN_DIR: '/repo/.runs/t/cli/run-1',
    CODEX_ORCHESTRATOR_RUNS_DIR: '/repo/.runs',
    CODEX_ORCHESTRATOR_OUT_DIR: '/elsewhere/out',
    CODEX_ORCHESTRATOR_ROOT: '/repo',
    CODEX_ORCHESTRATOR_PACKAGE_ROOT: '/package',
  });
});

it('lets the stage have the last word', () => {
  const stageEnv = { SHARED: 'stage', CODEX_ORCHESTRATOR_RUN_ID: 'mine' };
  expect(stageEnvironment({ ...base, stageEnv })).toMatchObject(stageEnv);
});

it('marks design pipelines unless that was decided before', () => {
  const design = { ...base, pipelineId: 'design-reference' };
  expect(stageEnvironment(design)['DESIGN_PIPELINE']).toBe('1');
  expect(stageEnvironment({ ...design, processEnv: { DESIGN_PIPELINE: '0' } })['DESIGN_PIPELINE']).toBe('0');
  expect(stageEnvironment(base)).not.toHaveProperty('DESIGN_PIPELINE');
});
