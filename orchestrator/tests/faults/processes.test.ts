import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { identifyProcess, probeProcess } from '../../src/storage/processIdentity.ts';
import { startFakeStageServer, type FakeStageServer } from '../support/fakeStageServer.ts';
import { startCli } from '../support/runCli.ts';
import { makeRepo, type SandboxRepo } from '../support/sandboxRepo.ts';
import { command, countedStage, pipeline, timesRun } from '../support/stageConfig.ts';

let repo: SandboxRepo;
let stages: FakeStageServer;

beforeEach(async () => {
  stages = await startFakeStageServer();
});
afterEach(async () => {
  await stages.close();
  await repo.cleanup();
});

describe('a stage that ignores SIGTERM', () => {
  it('is killed after its timeout and the grace, with what it has started', async () => {
    const stubborn = command('stubborn', stages.command('stubborn'), { timeoutSeconds: 1.5 });
    repo = await makeRepo({ config: pipeline(stubborn, countedStage('after')) });
    const cli = startCli(['start', '--grace', '0.2'], { cwd: repo.root, env: stages.env });
    const stage = await stages.stage('stubborn');
    const child = await stage.spawn('child', { detached: true });
    await Promise.all([stage.trap('SIGTERM'), child.trap('SIGTERM')]);
    await Promise.all([stage.signalled('SIGTERM'), child.signalled('SIGTERM')]);
    await Promise.all([stage.ended, child.ended]);
    expect(await cli.exited).toMatchObject({ code: 1, stderr: '' });
    expect((await repo.manifest()).commands).toMatchObject([
      { status: 'failed', exit_code: 128, summary: 'Timed out after 1.5 s' },
      { status: 'pending' },
    ]);
  });
});

describe('a stage that leaves a daemon behind', () => {
  it('ends a moment after its exit though the daemon holds its output, and the daemon is left alone', async () => {
    repo = await makeRepo({
      config: pipeline(command('forks', stages.command('forks')), countedStage('after')),
    });
    const cli = startCli(['start'], { cwd: repo.root, env: stages.env });
    const stage = await stages.stage('forks');
    const daemon = await stage.spawn('daemon', { detached: true, inheritOutput: true });
    const identity = identifyProcess(daemon.pid);
    await stage.stdout('last words');
    await stage.exit(0);
    expect(await cli.exited).toMatchObject({ code: 0, stderr: '' });
    expect(probeProcess(identity)).toBe('alive');
    await daemon.exit(0);
    expect(await timesRun(repo, 'after')).toBe(1);
    expect((await repo.manifest()).commands[0]).toMatchObject({ status: 'succeeded', summary: 'last words' });
    const ends = (await repo.journal()).lines.filter((line) => line['type'] === 'exec:end');
    expect(ends).toMatchObject([
      { stage_id: 'forks', exit_code: 0, pipes_held: true },
      { stage_id: 'after', pipes_held: false },
    ]);
  });
});
