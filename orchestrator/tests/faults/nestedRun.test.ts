import { existsSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import * as z from 'zod';
import { cliPath, runCli } from '../support/runCli.ts';
import { makeRepo, type SandboxRepo } from '../support/sandboxRepo.ts';
import { command, countedStage, pipeline, timesRun } from '../support/stageConfig.ts';
import { assertIntact } from './evidence.ts';

let repo: SandboxRepo;
afterEach(() => repo.cleanup());

it('a run started by a stage of a run goes to the places of that run, and both succeed', async () => {
  const nested = `'${process.execPath}' '${cliPath()}' start inner --task outer --parent-run "$CODEX_ORCHESTRATOR_RUN_ID"`;
  const outer = [command('nested', nested, { cwd: 'elsewhere' }), countedStage('after')];
  const inner = [countedStage('inside')];
  repo = await makeRepo({
    config: {
      defaultPipeline: 'outer',
      pipelines: [
        { id: 'outer', title: 'Outer', guardrailsRequired: false, stages: outer },
        { id: 'inner', title: 'Inner', guardrailsRequired: false, stages: inner },
      ],
    },
    files: { 'elsewhere/.keep': '' },
  });
  const env = { CODEX_ORCHESTRATOR_RUNS_DIR: 'evidence/runs', CODEX_ORCHESTRATOR_OUT_DIR: 'evidence/out' };
  const result = await runCli(['start', '--task', 'outer'], { cwd: repo.root, env });
  expect(result).toMatchObject({ code: 0, stderr: '' });

  const listed = await runCli(['runs', '--format', 'json'], { cwd: repo.root, env });
  expect(JSON.parse(listed.stdout)).toMatchObject({
    runs: [
      { task_id: 'outer', pipeline_id: 'inner', status: 'succeeded' },
      { task_id: 'outer', pipeline_id: 'outer', status: 'succeeded' },
    ],
  });
  const metrics = await repo.read('evidence/runs/outer/metrics.json');
  expect(metrics.trimEnd().split('\n')).toHaveLength(2);
  expect([await timesRun(repo, 'inside'), await timesRun(repo, 'after')]).toEqual([1, 1]);
  for (const place of ['.runs', 'elsewhere/.runs', 'elsewhere/out'])
    expect(existsSync(repo.path(place))).toBe(false);
  await assertIntact(repo.path('evidence'));
});

it('a command line with the variables of a surrounding run works in its repository, not where it stands', async () => {
  repo = await makeRepo({ config: pipeline(countedStage('one')), files: { 'elsewhere/.keep': '' } });
  const env = {
    CODEX_ORCHESTRATOR_ROOT: repo.root,
    CODEX_ORCHESTRATOR_RUNS_DIR: repo.path('inherited'),
    CODEX_ORCHESTRATOR_OUT_DIR: repo.path('inherited-out'),
    CODEX_ORCHESTRATOR_TASK_ID: 'surrounding',
    CODEX_ORCHESTRATOR_RUN_ID: 'surrounding-run',
    CODEX_ORCHESTRATOR_RUN_DIR: repo.path('inherited/surrounding/cli/surrounding-run'),
    CODEX_ORCHESTRATOR_MANIFEST_PATH: repo.path('inherited/surrounding/cli/surrounding-run/manifest.json'),
    CODEX_ORCHESTRATOR_PIPELINE_ID: 'diagnostics',
  };
  const cwd = repo.path('elsewhere');
  expect(await runCli(['start'], { cwd, env })).toMatchObject({ code: 0, stderr: '' });
  const status = await runCli(['status', '--format', 'json'], { cwd, env });
  const { run_id: runId } = z.object({ run_id: z.string() }).parse(JSON.parse(status.stdout));
  const manifest: unknown = JSON.parse(await repo.read(`inherited/0101/cli/${runId}/manifest.json`));
  expect(manifest).toMatchObject({
    status: 'succeeded',
    task_id: '0101',
    parent_run_id: null,
    artifact_root: `inherited/0101/cli/${runId}`,
  });
  expect(existsSync(repo.path('inherited-out/0101/runs.json'))).toBe(true);
  expect(existsSync(repo.path('inherited/surrounding'))).toBe(false);
});
