import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli } from '../support/runCli.ts';
import { makeRepo, type SandboxRepo } from '../support/sandboxRepo.ts';
import { countedStage, pipeline } from '../support/stageConfig.ts';

let repo: SandboxRepo;
beforeAll(async () => {
  repo = await makeRepo({ config: pipeline(countedStage('build'), countedStage('test')) });
});
afterAll(() => repo.cleanup());

it.each([
  {
    args: ['start', 'diagnostic'],
    code: 66,
    stderr:
      'error: No pipeline "diagnostic" in codex.orchestrator.json. Did you mean "diagnostics"?\nPipelines: diagnostics, rlm\n',
  },
  {
    args: ['start', '--target', 'biuld'],
    code: 66,
    stderr: 'error: No stage "biuld" in pipeline "diagnostics". Did you mean "build"?\nStages: build, test\n',
  },
  {
    args: ['start', '--task', '../x'],
    code: 64,
    stderr: 'error: Invalid task ID "../x": it must not start with a dot.\n',
  },
  {
    args: ['start', '--task', 'a/../b'],
    code: 64,
    stderr: 'error: Invalid task ID "a/../b": it must not contain a slash or backslash.\n',
  },
  { args: ['start', '--task', ''], code: 64, stderr: 'error: Invalid task ID: it must not be empty.\n' },
  {
    args: ['start', '--task', 'a\u0001b'],
    code: 64,
    stderr: String.raw`error: Invalid task ID "a\x01b": it must not contain control characters.` + '\n',
  },
  {
    args: ['start'],
    env: { MCP_RUNNER_TASK_ID: '../x' },
    code: 64,
    stderr: 'error: Invalid MCP_RUNNER_TASK_ID "../x": it must not start with a dot.\n',
  },
  {
    args: ['start'],
    env: { MCP_RUNNER_TASK_ID: '' },
    code: 64,
    stderr: 'error: Invalid MCP_RUNNER_TASK_ID: it must not be empty.\n',
  },
  {
    args: ['start'],
    env: { MCP_RUNNER_TASK_ID: 'a\nb' },
    code: 64,
    stderr:
      String.raw`error: Invalid MCP_RUNNER_TASK_ID "a\x0ab": it must not contain control characters.` + '\n',
  },
  {
    args: ['start', '--parent-run', '../../x'],
    code: 64,
    stderr: 'error: Invalid run ID "../../x": it must not start with a dot.\n',
  },
  ...['status', 'resume', 'cancel', 'logs'].flatMap((name) => [
    {
      args: [name, '--run', '../x'],
      code: 64,
      stderr: 'error: Invalid run ID "../x": it must not start with a dot.\n',
    },
    { args: [name, '--run', ''], code: 64, stderr: 'error: Invalid run ID: it must not be empty.\n' },
    {
      args: [name, '--run', 'x\u007f'],
      code: 64,
      stderr: String.raw`error: Invalid run ID "x\x7f": it must not contain control characters.` + '\n',
    },
  ]),
])('refuses $args $env in one sentence, and writes nothing', async ({ args, env = {}, code, stderr }) => {
  const result = await runCli(args, { cwd: repo.root, env });
  expect(result).toEqual({ code, signal: null, stdout: '', stderr });
  expect(await readdir(repo.root)).toEqual(['codex.orchestrator.json']);
});
