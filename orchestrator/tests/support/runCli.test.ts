import { afterEach, beforeEach, expect, it } from 'vitest';
import { VERSION } from '../../src/version.ts';
import { startFakeStageServer } from './fakeStageServer.ts';
import type { FakeStageServer } from './fakeStageServer.ts';
import { runCli, startCli } from './runCli.ts';
import { makeRepo } from './sandboxRepo.ts';
import type { SandboxRepo } from './sandboxRepo.ts';

let server: FakeStageServer;
let repo: SandboxRepo;

beforeEach(async () => {
  server = await startFakeStageServer();
  const stages = [{ kind: 'command', id: 'fake', title: 'Fake', command: server.command('fake') }];
  repo = await makeRepo({
    config: { pipelines: [{ id: 'diagnostics', title: 'Diagnostics', guardrailsRequired: false, stages }] },
  });
});
afterEach(async () => {
  await server.close();
  await repo.cleanup();
});

it('runs the real command line', async () => {
  const result = await runCli(['--version'], { cwd: repo.root });
  expect(result).toEqual({ code: 0, signal: null, stdout: `${VERSION}\n`, stderr: '' });
});

it('follows a run step by step', async () => {
  const cli = startCli(['start'], { cwd: repo.root, env: server.env });
  const stage = await server.stage('fake');
  expect(stage.env['CODEX_ORCHESTRATOR_RUN_ID']).toBe((await repo.runIds())[0]);
  expect((await repo.manifest()).status).toBe('in_progress');
  expect(await cli.waitForStdout('fake: started')).toMatch(/^codex-orchestrator /);
  await stage.exit(0);
  expect(await cli.exited).toMatchObject({ code: 0, signal: null });
  expect((await repo.manifest()).status).toBe('succeeded');
});

it('says what a command line printed that outlived its deadline', async () => {
  const running = runCli(['start'], { cwd: repo.root, env: server.env, timeoutMs: 1500 });
  await expect(running).rejects.toThrow('codex-orchestrator start still ran after 1500 ms\nstdout:\n');
});

it('says what a command line printed that ended without the text', async () => {
  const cli = startCli(['--version'], { cwd: repo.root });
  await expect(cli.waitForStdout('something else')).rejects.toThrow(
    `It ended without something else on stdout:\n${VERSION}\n`,
  );
});
