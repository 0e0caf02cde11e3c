import { expect, test } from 'vitest';
import { resolveEnvironment } from '../../../src/cli/environment.ts';
import { choosePipeline } from '../../../src/cli/pipelineChoice.ts';
import { NO_LOOP_FLAGS } from '../../../src/cli/rlm/loopBuiltin.ts';
import { startRequest } from '../../../src/cli/startRequest.ts';
import { beginRun } from '../../../src/cli/watch/beginRun.ts';
import { makeRepo } from '../../support/sandboxRepo.ts';
import { countedStage, pipeline, timesRun } from '../../support/stageConfig.ts';

const OPTIONS = {
  concurrency: undefined,
  onFailure: undefined,
  format: 'text' as const,
  interactive: false,
  graceMs: undefined,
  verbose: false,
  output: undefined,
  quiet: true,
};

test('a run that is ended before it has begun runs no stage', async () => {
  const repo = await makeRepo({ config: pipeline(countedStage('test')) });
  const output = { write: () => true };
  const processEnv = { PATH: process.env['PATH'] };
  const context = {
    argv: [],
    env: processEnv,
    cwd: repo.root,
    stdout: output,
    stderr: output,
    now: () => new Date(),
  };
  const env = resolveEnvironment({ env: processEnv, cwd: repo.root });
  const choice = await choosePipeline(context, repo.root, null);
  const asked = { parentRun: undefined, approvalPolicy: undefined };
  const request = startRequest(asked, { env, choice, target: null, stageEnv: {} }, NO_LOOP_FLAGS);

  const { config } = choice.loaded;
  const run = beginRun(OPTIONS, context, {
    configText: null,
    config,
    pipeline: choice.resolved.pipeline,
    request,
  });
  run.cancellation.cancel('superseded');
  await run.over;
  expect([(await repo.manifest()).status, await timesRun(repo, 'test')]).toEqual(['cancelled', 0]);
  await repo.cleanup();
});
