import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startFakeStageServer, type FakeStageServer } from '../support/fakeStageServer.ts';
import { faultEnvironment } from '../support/faults.ts';
import { runCli, startCli } from '../support/runCli.ts';
import { makeRepo, type SandboxRepo } from '../support/sandboxRepo.ts';
import { command } from '../support/stageConfig.ts';

let repo: SandboxRepo;
let stages: FakeStageServer;

beforeEach(async () => {
  stages = await startFakeStageServer();
});

afterEach(async () => {
  await stages.close();
  await repo.cleanup();
});

function pipelineOf(id: string, ...listed: object[]): object {
  return { id, title: id, guardrailsRequired: false, stages: listed };
}

function subpipeline(id: string, pipeline: string): object {
  return { kind: 'subpipeline', id, title: id, pipeline };
}

/** The run of that pipeline; a test has one of each. */
async function runOf(pipelineId: string): Promise<string> {
  for (const runId of await repo.runIds()) {
    if ((await repo.manifest({ runId })).pipeline_id === pipelineId) return runId;
  }
  throw new Error(`no run of pipeline ${pipelineId}`);
}

describe('child runs of a run that is resumed', () => {
  it('does not repeat a child that had succeeded when the orchestrator was killed', async () => {
    repo = await makeRepo({
      config: {
        pipelines: [
          pipelineOf('parent', subpipeline('sub', 'child')),
          pipelineOf('child', command('first', 'echo x >> first-ran')),
        ],
      },
    });
    const fault = faultEnvironment({ trigger: 'runs.json', operation: 'write', kill: 'before' });
    await runCli(['start', 'parent'], { cwd: repo.root, env: fault });
    const [parent, child] = [await runOf('parent'), await runOf('child')];
    expect(await repo.manifest({ runId: child })).toMatchObject({ status: 'succeeded' });

    expect((await runCli(['resume', '--run', parent], { cwd: repo.root })).code).toBe(0);
    expect(await repo.read('first-ran')).toBe('x\n');
    expect(await repo.runIds()).toHaveLength(2);
    expect((await repo.manifest({ runId: parent })).child_runs).toMatchObject([
      { run_id: child, status: 'succeeded' },
    ]);
  });

  it('begins a new child when the stage names another pipeline now', async () => {
    const first = pipelineOf('one', command('work', 'true'), command('fail', 'false'));
    const second = pipelineOf('two', command('work', 'echo x >> two-ran'));
    repo = await makeRepo({
      config: { pipelines: [pipelineOf('parent', subpipeline('sub', 'one')), first, second] },
    });
    expect((await runCli(['start', 'parent'], { cwd: repo.root })).code).toBe(1);
    await repo.write('codex.orchestrator.json', {
      pipelines: [pipelineOf('parent', subpipeline('sub', 'two')), first, second],
    });
    const resumed = await runCli(['resume', '--run', await runOf('parent')], { cwd: repo.root });
    expect(resumed.code).toBe(0);
    expect(await repo.read('two-ran')).toBe('x\n');
    expect(await repo.manifest({ runId: await runOf('one') })).toMatchObject({ status: 'failed' });
  });

  it('runs a stage whose kind changed, also when it is killed before it got there', async () => {
    const child = pipelineOf('child', command('work', 'echo x >> work-ran'));
    const config = (...listed: object[]) => ({ pipelines: [pipelineOf('parent', ...listed), child] });
    repo = await makeRepo({ config: config(command('x', 'true'), command('fail', 'false')) });
    expect((await runCli(['start', 'parent'], { cwd: repo.root })).code).toBe(1);
    const parent = await runOf('parent');
    const slow = command('slow', stages.command('slow'));
    await repo.write('codex.orchestrator.json', config(slow, subpipeline('x', 'child')));
    const killed = startCli(['resume', '--run', parent], { cwd: repo.root, env: stages.env });
    await stages.stage('slow');
    killed.kill('SIGKILL');
    await killed.exited;

    const resumed = startCli(['resume', '--run', parent], { cwd: repo.root, env: stages.env });
    await (await stages.stage('slow')).exit(0);
    expect(await resumed.exited).toMatchObject({ code: 0 });
    expect(await repo.read('work-ran')).toBe('x\n');
    expect((await repo.manifest({ runId: parent })).child_runs).toMatchObject([{ status: 'succeeded' }]);
  });
});

describe('child runs of a run that cannot go on', () => {
  it('ends what a killed orchestrator left running two levels down when its run is cancelled', async () => {
    repo = await makeRepo({
      config: {
        pipelines: [
          pipelineOf('top', subpipeline('to-middle', 'middle')),
          pipelineOf('middle', subpipeline('to-bottom', 'bottom')),
          pipelineOf('bottom', command('work', stages.command('work'))),
        ],
      },
    });
    const cli = startCli(['start', 'top'], { cwd: repo.root, env: stages.env });
    const stage = await stages.stage('work');
    cli.kill('SIGKILL');
    await cli.exited;
    const cancelled = await runCli(['cancel', '--run', await runOf('top')], { cwd: repo.root });
    expect(cancelled.code).toBe(0);
    await stage.ended;
    for (const runId of await repo.runIds()) {
      expect(await repo.manifest({ runId })).toMatchObject({ status: 'cancelled', metrics_recorded: true });
    }
  });

  it('closes a child that its parent could not record', async () => {
    repo = await makeRepo({
      config: {
        pipelines: [
          pipelineOf('parent', subpipeline('sub', 'child')),
          pipelineOf('child', command('work', 'echo x >> work-ran')),
        ],
      },
    });
    // The journals of both are begun by then; the third line is the one that tells the parent of its child.
    const fault = faultEnvironment({ trigger: 'runner.ndjson', operation: 'write', nth: 3, errno: 'ENOSPC' });
    expect((await runCli(['start', 'parent'], { cwd: repo.root, env: fault })).code).toBe(73);
    for (const runId of await repo.runIds()) {
      expect(await repo.manifest({ runId })).toMatchObject({ status: 'failed' });
      expect(existsSync(repo.path('.runs/0101/cli', runId, '.owner.lock'))).toBe(false);
    }
  });
});
