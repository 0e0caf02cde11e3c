import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import type { FakeStage } from '../support/fakeStage.ts';
import { startFakeStageServer, type FakeStageServer } from '../support/fakeStageServer.ts';
import { faultEnvironment } from '../support/faults.ts';
import { runCli, startCli } from '../support/runCli.ts';
import { makeRepo, type SandboxRepo } from '../support/sandboxRepo.ts';
import { command, pipeline } from '../support/stageConfig.ts';

let repo: SandboxRepo;
let stages: FakeStageServer;

beforeEach(async () => {
  stages = await startFakeStageServer();
});

afterEach(async () => {
  await stages.close();
  await repo.cleanup();
});

/** Starts a run whose second stage is a fake one, and kills the orchestrator while that stage works. */
async function killedInSecondStage(): Promise<{ runId: string; stage: FakeStage }> {
  repo = await makeRepo({
    config: pipeline(
      command('one', 'echo x >> one-ran'),
      command('two', stages.command('two')),
      command('three', 'echo x >> three-ran'),
    ),
  });
  const cli = startCli(['start'], { cwd: repo.root, env: stages.env });
  const stage = await stages.stage('two');
  cli.kill('SIGKILL');
  await cli.exited;
  return { runId: (await repo.runIds())[0] ?? '', stage };
}

describe('resume', () => {
  it('runs what failed and keeps what succeeded', async () => {
    const failOnce = 'if [ -e tried ]; then true; else touch tried; exit 1; fi';
    repo = await makeRepo({
      config: pipeline(command('one', 'echo x >> one-ran'), command('fail-once', failOnce)),
    });
    expect((await runCli(['start'], { cwd: repo.root })).code).toBe(1);
    expect(await repo.manifest()).toMatchObject({
      status: 'failed',
      status_detail: 'stage:fail-once:failed',
    });

    const resumed = await runCli(['resume', '--actor', 'me', '--reason', 'again'], { cwd: repo.root });
    expect(resumed.code).toBe(0);
    const manifest = await repo.manifest();
    expect(manifest).toMatchObject({
      status: 'succeeded',
      status_detail: null,
      metrics_recorded: true,
      resume_events: [{ actor: 'me', reason: 'again', outcome: 'accepted' }],
    });
    expect(await repo.read('one-ran')).toBe('x\n');
    const lines = (await repo.read('.runs/0101/metrics.json')).trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    const rollout: unknown = JSON.parse(await repo.read('.runs/0101/metrics/post-rollout.json'));
    expect(rollout).toMatchObject({ total_runs: 1, succeeded_runs: 1 });
    const index: unknown = JSON.parse(await repo.read('out/0101/runs.json'));
    expect(index).toMatchObject({ runs: [{ build: { success: true } }] });
  });

  it('finishes a killed run, ends what it left running, and repeats no recorded success', async () => {
    const { runId, stage } = await killedInSecondStage();
    const status = await runCli(['status', '--run', runId, '--format', 'json'], { cwd: repo.root });
    expect(JSON.parse(status.stdout)).toMatchObject({ status: 'in_progress', liveness: { state: 'dead' } });

    const cli = startCli(['resume', '--run', runId], { cwd: repo.root, env: stages.env });
    const again = await stages.stage('two');
    await stage.ended;
    await again.exit(0);
    expect(await cli.exited).toMatchObject({ code: 0 });
    expect(await repo.manifest()).toMatchObject({ status: 'succeeded', run_id: runId });
    expect(await repo.read('one-ran')).toBe('x\n');
    expect(await repo.read('three-ran')).toBe('x\n');
  });

  it('matches stages by id when the pipeline was edited in between', async () => {
    const { runId } = await killedInSecondStage();
    await repo.write(
      'codex.orchestrator.json',
      pipeline(
        command('zero', 'echo x >> zero-ran'),
        command('one', 'echo x >> one-ran'),
        command('two', 'echo second'),
      ),
    );
    expect((await runCli(['resume', '--run', runId], { cwd: repo.root })).code).toBe(0);
    const { commands } = await repo.manifest();
    expect(commands.map(({ id, index, status }) => [id, index, status])).toEqual([
      ['zero', 1, 'succeeded'],
      ['one', 2, 'succeeded'],
      ['two', 3, 'succeeded'],
    ]);
    expect(await repo.read('one-ran')).toBe('x\n');
  });

  it('finishes the child run of a killed parent instead of beginning a new one', async () => {
    repo = await makeRepo({
      config: {
        pipelines: [
          {
            id: 'parent',
            title: 'Parent',
            guardrailsRequired: false,
            stages: [{ kind: 'subpipeline', id: 'sub', title: 'Sub', pipeline: 'child' }],
          },
          {
            id: 'child',
            title: 'Child',
            guardrailsRequired: false,
            stages: [command('first', 'echo x >> first-ran'), command('second', stages.command('second'))],
          },
        ],
      },
    });
    const cli = startCli(['start', 'parent'], { cwd: repo.root, env: stages.env });
    await stages.stage('second');
    cli.kill('SIGKILL');
    await cli.exited;
    const [childId, parentId] = await repo.runIds();

    const resumed = startCli(['resume', '--run', parentId ?? ''], { cwd: repo.root, env: stages.env });
    await (await stages.stage('second')).exit(0);
    expect(await resumed.exited).toMatchObject({ code: 0 });
    expect(await repo.runIds()).toEqual([childId, parentId]);
    expect(await repo.read('first-ran')).toBe('x\n');
    expect(await repo.manifest({ runId: childId ?? '' })).toMatchObject({ status: 'succeeded' });
    expect((await repo.manifest({ runId: parentId ?? '' })).child_runs).toMatchObject([
      { run_id: childId, status: 'succeeded' },
    ]);
  });

  it('refuses a live run and says who owns it', async () => {
    repo = await makeRepo({ config: pipeline(command('two', stages.command('two'))) });
    const cli = startCli(['start'], { cwd: repo.root, env: stages.env });
    const stage = await stages.stage('two');
    const [runId] = await repo.runIds();
    const refused = await runCli(['resume', '--run', runId ?? ''], { cwd: repo.root });
    expect(refused.code).toBe(75);
    expect(refused.stderr).toContain(`Run ${runId} is being worked on by process ${cli.pid} on `);
    await stage.exit(0);
    expect(await cli.exited).toMatchObject({ code: 0 });
    expect((await repo.manifest()).resume_events).toEqual([]);
  });

  it('has nothing to do for a run that succeeded', async () => {
    repo = await makeRepo({ config: pipeline(command('one', 'true')) });
    await runCli(['start'], { cwd: repo.root });
    const before = JSON.stringify(await repo.manifest());
    const result = await runCli(['resume'], { cwd: repo.root });
    const [runId] = await repo.runIds();
    expect(result).toMatchObject({
      code: 0,
      stdout: `Run ${runId} has already succeeded; nothing is left to run.\n`,
    });
    expect(JSON.stringify(await repo.manifest())).toBe(before);
  });

  it('checks the request again and records the target of this attempt', async () => {
    repo = await makeRepo({ config: pipeline(command('one', 'true'), command('two', '[ -e ok ]')) });
    await runCli(['start', '--target', 'two'], { cwd: repo.root });
    const manifest = await repo.manifest();
    const failed = {
      mode: 'shadow',
      status: 'failed',
      errors: [{ path: '$.task.description', message: 'x' }],
    };
    const validation = { ...manifest.control_plane?.validation, ...failed };
    const file = `.runs/0101/cli/${manifest.run_id}/manifest.json`;
    await repo.write(file, {
      ...manifest,
      control_plane: { ...manifest.control_plane, validation },
      resume_token: '',
    });
    await repo.write('ok', '');
    expect((await runCli(['resume', '--target', 'one'], { cwd: repo.root })).code).toBe(0);
    expect(await repo.manifest()).toMatchObject({
      control_plane: { validation: { status: 'passed', errors: [] } },
      plan_target_id: 'diagnostics:one',
      resume_token: manifest.resume_token,
    });
    const summary: unknown = JSON.parse(
      await repo.read(`.runs/0101/cli/${manifest.run_id}/run-summary.json`),
    );
    expect(summary).toMatchObject({
      plan: { targetId: 'diagnostics:one' },
      build: { subtaskId: 'diagnostics:one' },
    });
  });

  it('adds a finished run to runs.json when it is missing there', async () => {
    repo = await makeRepo({ config: pipeline(command('one', 'true')) });
    const fault = faultEnvironment({
      trigger: 'runs.json',
      operation: 'write',
      errno: 'ENOSPC',
      forever: true,
    });
    expect((await runCli(['start'], { cwd: repo.root, env: fault })).code).toBe(73);
    expect(await repo.manifest()).toMatchObject({ status: 'succeeded', metrics_recorded: true });
    const result = await runCli(['resume'], { cwd: repo.root });
    expect(result.code).toBe(0);
    expect(result.stdout).toMatch(/\nIts entry in runs\.json was missing and has been added\.\n$/);
    const [runId] = await repo.runIds();
    expect(JSON.parse(await repo.read('out/0101/runs.json'))).toMatchObject({ runs: [{ runId }] });
    expect((await runCli(['resume'], { cwd: repo.root })).stdout).not.toContain('runs.json');
  });

  it('compares the token when one is given', async () => {
    repo = await makeRepo({ config: pipeline(command('one', '[ -e ok ]')) });
    await runCli(['start'], { cwd: repo.root });
    const wrong = await runCli(['resume', '--token', 'nope'], { cwd: repo.root });
    expect(wrong.code).toBe(77);
    expect((await repo.manifest()).resume_events).toEqual([]);
    await repo.write('ok', '');
    const { resume_token } = await repo.manifest();
    expect((await runCli(['resume', '--token', resume_token], { cwd: repo.root })).code).toBe(0);
  });

  it('says that an unknown run does not exist', async () => {
    repo = await makeRepo({ config: pipeline(command('one', 'true')) });
    const result = await runCli(['resume', '--run', 'nothing-like-it'], { cwd: repo.root });
    expect(result.code).toBe(66);
    expect(result.stderr).toContain('No run "nothing-like-it" of any task in ');
  });

  it('leaves a killed run readable for status, which changes nothing', async () => {
    const { runId } = await killedInSecondStage();
    const before = await repo.read(`.runs/0101/cli/${runId}/manifest.json`);
    const text = await eventually(async () => {
      const { stdout } = await runCli(['status', '--run', runId], { cwd: repo.root });
      return stdout.includes('owner is gone') && stdout;
    });
    expect(text).toContain(`codex-orchestrator resume --run ${runId}`);
    expect(await repo.read(`.runs/0101/cli/${runId}/manifest.json`)).toBe(before);
  });
});
