import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Manifest } from '../../../src/run/manifestTypes.ts';
import { readStageDurations } from '../../../src/run/stageDurations.ts';
import { startFakeStageServer, type FakeStageServer } from '../../support/fakeStageServer.ts';
import { runCli, startCli, type RunningCli } from '../../support/runCli.ts';
import { makeRepo, type SandboxRepo } from '../../support/sandboxRepo.ts';
import { command, countedStage, pipeline, timesRun } from '../../support/stageConfig.ts';

let repo: SandboxRepo;
let stages: FakeStageServer;
beforeEach(async () => {
  stages = await startFakeStageServer();
});
afterEach(async () => {
  await stages.close();
  await repo.cleanup();
});

async function configure(config: object): Promise<void> {
  repo = await makeRepo({ config });
}

function start(...args: string[]): RunningCli {
  return startCli(['start', '--concurrency', '2', ...args], { cwd: repo.root, env: stages.env });
}

/** A command stage in the hands of the test. */
function fake(id: string, ...needs: string[]): object {
  return command(id, stages.command(id), { needs });
}

/** Those of all runs, child runs too. */
async function manifests(): Promise<Manifest[]> {
  return Promise.all((await repo.runIds()).map((runId) => repo.manifest({ runId })));
}

async function statuses(): Promise<Record<string, string>> {
  const { commands } = await repo.manifest();
  return Object.fromEntries(commands.map(({ id, status }) => [id, status]));
}

/** When the command stages of all runs began and ended, in that order; of one moment the ends first. */
async function stageTimes(): Promise<{ id: string; began: boolean; at: string }[]> {
  const journals = await Promise.all((await repo.runIds()).map((runId) => repo.journal({ runId })));
  const facts = journals.flatMap(({ lines }) => lines);
  const times = facts.flatMap(({ type, stage_id, timestamp }) => {
    const began = type === 'command:start';
    if (!began && type !== 'command:end') return [];
    return [{ id: String(stage_id), began, at: String(timestamp) }];
  });
  return times.toSorted((a, b) => a.at.localeCompare(b.at) || Number(a.began) - Number(b.began));
}

/** The most stages that ran at the same time, by the journals: what has not begun yet may only be slow to say so. */
async function mostAtOnce(): Promise<number> {
  let running = 0;
  return Math.max(...(await stageTimes()).map(({ began }) => (running += began ? 1 : -1)));
}

describe('stages with needs', () => {
  it('run side by side, each when what it needs has passed', async () => {
    await configure(pipeline(fake('last', 'left', 'right'), fake('left'), fake('right')));
    const cli = start();
    const [left, right] = await Promise.all([stages.stage('left'), stages.stage('right')]);
    await left.exit();
    await cli.waitForStdout('left: succeeded');
    await right.exit();
    await (await stages.stage('last')).exit();
    expect(await cli.exited).toMatchObject({ code: 0 });
    const { commands } = await repo.manifest();
    expect(commands.map(({ id, index, status }) => [id, index, status])).toEqual([
      ['last', 1, 'succeeded'],
      ['left', 2, 'succeeded'],
      ['right', 3, 'succeeded'],
    ]);
    expect((await stageTimes()).map(({ id, began }) => [id, began]).slice(-4)).toEqual([
      ['left', false],
      ['right', false],
      ['last', true],
      ['last', false],
    ]);
  });

  it('never run more at a time than allowed', async () => {
    await configure(pipeline(fake('a'), fake('b'), fake('c')));
    const cli = start();
    const a = await stages.stage('a');
    const b = await stages.stage('b');
    await a.exit();
    await (await stages.stage('c')).exit();
    await b.exit();
    expect(await cli.exited).toMatchObject({ code: 0 });
    expect(await mostAtOnce()).toBe(2);
  });

  it('begin with the longest way ahead, as earlier runs took it', async () => {
    await configure(pipeline(countedStage('quick'), command('slow', 'true', { needs: [] })));
    await repo.write('.runs/0101/stage-durations.json', { diagnostics: { quick: 10, slow: 100_000 } });
    const { stdout } = await runCli(['start', '--concurrency', '1'], { cwd: repo.root });
    expect(stdout.indexOf('slow: started')).toBeLessThan(stdout.indexOf('quick: started'));
    // Half of what was expected, and half of what it took.
    const env = { repoRoot: repo.root, runsRoot: repo.runsRoot, outRoot: repo.outRoot, taskId: '0101' };
    const slow = readStageDurations(env, 'diagnostics').get('slow');
    expect(slow).toBeGreaterThanOrEqual(50_000);
    expect(slow).toBeLessThan(100_000);
  });

  it('are tolerated as needs when their failure is', async () => {
    await configure(
      pipeline(
        command('lint', 'false', { allowFailure: true }),
        command('test', 'true', { needs: ['lint'] }),
      ),
    );
    expect(await runCli(['start'], { cwd: repo.root })).toMatchObject({ code: 0 });
    expect(await statuses()).toEqual({ lint: 'skipped', test: 'succeeded' });
  });

  it('take part as sub-pipelines, whose stages count towards the same limit', async () => {
    await configure({
      pipelines: [
        {
          id: 'diagnostics',
          guardrailsRequired: false,
          stages: [
            { kind: 'subpipeline', id: 'x', pipeline: 'child', needs: [] },
            { kind: 'subpipeline', id: 'y', pipeline: 'child', needs: [] },
            fake('own'),
          ],
        },
        { id: 'child', guardrailsRequired: false, stages: [fake('inner')] },
      ],
    });
    const cli = start();
    const own = await stages.stage('own');
    const inner = await stages.stage('inner');
    await own.exit();
    await (await stages.stage('inner')).exit();
    await inner.exit();
    expect(await cli.exited).toMatchObject({ code: 0 });
    const runs = await manifests();
    expect(runs.map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(await mostAtOnce()).toBe(2);
  });
});

describe('a failure', () => {
  const graph = () =>
    pipeline(
      fake('bad'),
      fake('other'),
      command('after', 'true', { needs: ['other'] }),
      fake('never', 'bad'),
    );

  it('lets running stages end and begins nothing more, unless told otherwise', async () => {
    await configure(graph());
    const cli = start();
    const other = await stages.stage('other');
    await (await stages.stage('bad')).exit(3);
    await cli.waitForStdout('bad: failed');
    await other.exit();
    expect(await cli.exited).toMatchObject({ code: 1 });
    expect(await statuses()).toEqual({
      bad: 'failed',
      other: 'succeeded',
      after: 'pending',
      never: 'pending',
    });
    expect(await repo.manifest()).toMatchObject({ status: 'failed', status_detail: 'stage:bad:failed' });
  });

  it('ends running stages with --on-failure stop', async () => {
    await configure(graph());
    const cli = start('--on-failure', 'stop');
    const other = await stages.stage('other');
    await (await stages.stage('bad')).exit(3);
    await other.ended;
    expect(await cli.exited).toMatchObject({ code: 1 });
    expect(await statuses()).toMatchObject({ bad: 'failed', other: 'failed', after: 'pending' });
    const { commands, status_detail } = await repo.manifest();
    expect(status_detail).toBe('stage:bad:failed');
    expect(commands[1]?.summary).toBe('Cancelled (failure)');
  });

  it('only keeps back what depends on it with --on-failure continue', async () => {
    await configure(graph());
    const cli = start('--on-failure', 'continue');
    await (await stages.stage('bad')).exit(3);
    await (await stages.stage('other')).exit();
    expect(await cli.exited).toMatchObject({ code: 1 });
    expect(await statuses()).toEqual({
      bad: 'failed',
      other: 'succeeded',
      after: 'succeeded',
      never: 'pending',
    });
  });

  it('lets a sub-pipeline beside it go to its end', async () => {
    await configure({
      pipelines: [
        {
          id: 'diagnostics',
          guardrailsRequired: false,
          stages: [fake('bad'), { kind: 'subpipeline', id: 'x', pipeline: 'child', needs: [] }],
        },
        { id: 'child', guardrailsRequired: false, stages: [fake('one'), fake('two', 'one')] },
      ],
    });
    const cli = start();
    const one = await stages.stage('one');
    await (await stages.stage('bad')).exit(3);
    await cli.waitForStdout('bad: failed');
    await one.exit();
    await (await stages.stage('two')).exit();
    expect(await cli.exited).toMatchObject({ code: 1 });
    const runs = await manifests();
    expect(runs.find(({ pipeline_id }) => pipeline_id === 'diagnostics')?.commands).toMatchObject([
      { id: 'bad', status: 'failed' },
      { id: 'x', status: 'succeeded' },
    ]);
  });

  it('is gone on from by resume: what passed stays, the rest runs', async () => {
    await configure(
      pipeline(
        countedStage('one'),
        command('two', 'test -e fixed && echo x >> two-ran', { needs: ['one'] }),
        command('three', 'echo x >> three-ran', { needs: ['two'] }),
      ),
    );
    expect(await runCli(['start'], { cwd: repo.root })).toMatchObject({ code: 1 });
    await repo.write('fixed', '');
    const [runId = ''] = await repo.runIds();
    expect(await runCli(['resume', '--run', runId], { cwd: repo.root })).toMatchObject({ code: 0 });
    expect(await Promise.all(['one', 'two', 'three'].map((id) => timesRun(repo, id)))).toEqual([1, 1, 1]);
  });
});

it('ends every running stage when the run is cancelled', async () => {
  await configure(pipeline(fake('a'), fake('b'), fake('c', 'a')));
  const cli = start();
  const [a, b] = await Promise.all([stages.stage('a'), stages.stage('b')]);
  cli.kill('SIGTERM');
  await Promise.all([a.ended, b.ended]);
  expect(await cli.exited).toMatchObject({ code: 143 });
  expect(await repo.manifest()).toMatchObject({ status: 'cancelled' });
});

it('is cancelled, not failed, when a stage had failed before and another still ran', async () => {
  await configure(pipeline(fake('bad'), fake('other')));
  const cli = start();
  const other = await stages.stage('other');
  await (await stages.stage('bad')).exit(3);
  await cli.waitForStdout('bad: failed');
  cli.kill('SIGINT');
  await other.ended;
  expect(await cli.exited).toMatchObject({ code: 130 });
  expect(await repo.manifest()).toMatchObject({ status: 'cancelled', status_detail: 'cancelled:SIGINT' });
});

it('goes on with a cancelled child that may fail, though a stage of it had failed', async () => {
  await configure({
    pipelines: [
      {
        id: 'diagnostics',
        guardrailsRequired: false,
        stages: [{ kind: 'subpipeline', id: 'x', pipeline: 'child', optional: true }],
      },
      { id: 'child', guardrailsRequired: false, stages: [fake('bad'), fake('other')] },
    ],
  });
  const cli = start();
  const other = await stages.stage('other');
  await (await stages.stage('bad')).exit(3);
  await cli.waitForStdout('bad: failed');
  cli.kill('SIGINT');
  await other.ended;
  expect(await cli.exited).toMatchObject({ code: 130 });
  const runs = await manifests();
  expect(runs.map(({ status }) => status)).toEqual(['cancelled', 'cancelled']);

  const parent = runs.find(({ pipeline_id }) => pipeline_id === 'diagnostics')?.run_id ?? '';
  const again = ['resume', '--run', parent, '--concurrency', '2'];
  const resumed = startCli(again, { cwd: repo.root, env: stages.env });
  await Promise.all([(await stages.stage('bad')).exit(), (await stages.stage('other')).exit()]);
  expect(await resumed.exited).toMatchObject({ code: 0 });
});

it('refuses a limit that is no number', async () => {
  await configure(pipeline(command('a', 'true')));
  const env = { CODEX_ORCHESTRATOR_CONCURRENCY: 'many' };
  const refused = await runCli(['start'], { cwd: repo.root, env });
  expect(refused.code).toBe(64);
  expect(refused.stderr).toContain(
    'CODEX_ORCHESTRATOR_CONCURRENCY is "many": expected a whole number from 1 to 1024',
  );
  expect(await runCli(['start', '--concurrency', '0'], { cwd: repo.root })).toMatchObject({ code: 64 });
});
