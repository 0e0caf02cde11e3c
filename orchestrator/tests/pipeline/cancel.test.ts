import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startFakeStageServer, type FakeStageServer } from '../support/fakeStageServer.ts';
import { runCli, startCli, type RunningCli } from '../support/runCli.ts';
import { makeRepo, type SandboxRepo } from '../support/sandboxRepo.ts';

let repo: SandboxRepo;
let stages: FakeStageServer;

beforeEach(async () => {
  stages = await startFakeStageServer();
  repo = await makeRepo({
    config: {
      pipelines: [
        {
          id: 'diagnostics',
          title: 'Diagnostics',
          guardrailsRequired: false,
          stages: [
            { kind: 'command', id: 'work', title: 'Work', command: stages.command('work') },
            { kind: 'command', id: 'after', title: 'After', command: 'touch after-ran' },
          ],
        },
      ],
    },
  });
});

afterEach(async () => {
  await stages.close();
  await repo.cleanup();
});

function start(args: string[] = []): RunningCli {
  return startCli(['start', ...args], { cwd: repo.root, env: stages.env });
}

describe.each([
  { signal: 'SIGINT', code: 130 },
  { signal: 'SIGTERM', code: 143 },
] as const)('$signal', ({ signal, code }) => {
  it(`ends the whole tree, records the run as cancelled and exits ${code}`, async () => {
    const cli = start();
    const stage = await stages.stage('work');
    const grandchild = await stage.spawn('grandchild', { detached: true });
    cli.kill(signal);
    await Promise.all([stage.ended, grandchild.ended]);
    const result = await cli.exited;
    expect(result.code).toBe(code);
    const manifest = await repo.manifest();
    expect(manifest).toMatchObject({
      status: 'cancelled',
      status_detail: `cancelled:${signal}`,
      metrics_recorded: true,
    });
    expect(manifest.commands).toMatchObject([
      { status: 'failed', exit_code: 128, summary: `Cancelled (${signal})` },
      { status: 'pending' },
    ]);
    expect(JSON.parse(await repo.read('.runs/0101/metrics.json'))).toMatchObject({ status: 'cancelled' });
  });
});

describe('a stage that ignores the polite signal', () => {
  it('is killed when the grace is over', async () => {
    const cli = start(['--grace', '0.1']);
    const stage = await stages.stage('work');
    await stage.trap('SIGTERM');
    cli.kill('SIGTERM');
    await stage.ended;
    expect(await cli.exited).toMatchObject({ code: 143 });
    expect(await repo.manifest()).toMatchObject({ status: 'cancelled' });
  });

  it('is killed at once by a second signal', async () => {
    const cli = start(['--grace', '600']);
    const stage = await stages.stage('work');
    await stage.trap('SIGTERM');
    cli.kill('SIGINT');
    await stage.signalled('SIGTERM');
    cli.kill('SIGINT');
    await stage.ended;
    expect(await cli.exited).toMatchObject({ code: 130 });
  });
});

describe('cancel', () => {
  it('ends a live run and says why in its evidence', async () => {
    const cli = start();
    await stages.stage('work');
    const [runId] = await repo.runIds();
    const cancelled = await runCli(
      ['cancel', '--run', runId ?? '', '--reason', 'not needed', '--format', 'json'],
      {
        cwd: repo.root,
      },
    );
    expect(cancelled.code).toBe(0);
    expect(JSON.parse(cancelled.stdout)).toMatchObject({ run_id: runId, status: 'cancelled' });
    expect(await cli.exited).toMatchObject({ code: 143 });
    expect((await repo.manifest()).summary).toMatch(
      /^.*\nCancelled \(SIGTERM\) by .+: not needed; 1 stage not started\.\n/,
    );
  });

  it('skips the grace when forced', async () => {
    const cli = start(['--grace', '600']);
    const stage = await stages.stage('work');
    await stage.trap('SIGTERM');
    expect(await runCli(['cancel', '--force'], { cwd: repo.root })).toMatchObject({ code: 0 });
    expect(await cli.exited).toMatchObject({ code: 143 });
  });

  it('completes the evidence of a run whose owner is gone', async () => {
    const cli = start();
    const stage = await stages.stage('work');
    cli.kill('SIGKILL');
    await cli.exited;
    expect(await runCli(['cancel'], { cwd: repo.root })).toMatchObject({ code: 0 });
    await stage.ended;
    expect(await repo.manifest()).toMatchObject({ status: 'cancelled', metrics_recorded: true });
  });

  it('refuses a run that is over', async () => {
    const cli = start();
    await (await stages.stage('work')).exit(0);
    await cli.exited;
    const [runId] = await repo.runIds();
    const result = await runCli(['cancel'], { cwd: repo.root });
    expect(result.code).toBe(77);
    expect(result.stderr).toContain(`Run ${runId} is over already: it ended succeeded.`);
  });

  it('leaves a run that can be resumed', async () => {
    const cli = start();
    await stages.stage('work');
    cli.kill('SIGTERM');
    await cli.exited;
    const resumed = startCli(['resume'], { cwd: repo.root, env: stages.env });
    await (await stages.stage('work')).exit(0);
    expect(await resumed.exited).toMatchObject({ code: 0 });
    expect(await repo.read('after-ran')).toBe('');
    expect(await repo.manifest()).toMatchObject({ status: 'succeeded', status_detail: null });
  });
});
