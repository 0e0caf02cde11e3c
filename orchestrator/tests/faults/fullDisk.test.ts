import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startFakeStageServer, type FakeStageServer } from '../support/fakeStageServer.ts';
import { faultEnvironment } from '../support/faults.ts';
import { runCli, startCli } from '../support/runCli.ts';
import { makeRepo, type SandboxRepo } from '../support/sandboxRepo.ts';
import { command, countedStage, pipeline, timesRun } from '../support/stageConfig.ts';
import { assertIntact, plain, runsInAggregates } from './evidence.ts';
import { mountSmallDisk } from './smallDisk.ts';

let repo: SandboxRepo;
let stages: FakeStageServer;

beforeEach(async () => {
  stages = await startFakeStageServer();
});
afterEach(async () => {
  await stages.close();
  await repo.cleanup();
});

const FULL =
  'the disk is full (ENOSPC).\nFree some space, then `codex-orchestrator resume` continues the run.\n';

describe('a disk that is full', () => {
  it.each([
    { trigger: '.owner.lock', file: '.owner.lock.<temp>' },
    { trigger: '.resume-token', file: '.resume-token' },
    { trigger: 'runner.ndjson', file: 'runner.ndjson' },
    { trigger: 'manifest.json', file: 'manifest.json.<temp>' },
  ])(
    'for $trigger stops the run before its first stage, and the next one works',
    async ({ trigger, file }) => {
      await startOnFullDisk(trigger, `cli/<run>/${file}`);
      expect(await timesRun(repo, 'one')).toBe(0);
      await expectFinished('start');
    },
  );

  it.each([
    { trigger: 'run-summary.json', file: 'cli/<run>/run-summary.json.<temp>' },
    { trigger: 'metrics.lock', file: 'metrics.lock.<temp>' },
    { trigger: 'metrics.json', file: 'metrics.json' },
  ])(
    'for $trigger keeps what the stages have proven, and a resume finishes the run',
    async ({ trigger, file }) => {
      await startOnFullDisk(trigger, file);
      expect(await repo.manifest()).toMatchObject({ status: 'succeeded', metrics_recorded: false });
      await expectFinished('resume');
    },
  );

  /** Starts a run of two stages while nothing that matches `trigger` can be written. */
  async function startOnFullDisk(trigger: string, file: string): Promise<void> {
    repo = await makeRepo({ config: pipeline(countedStage('one'), countedStage('two')) });
    const env = faultEnvironment({ trigger, operation: 'write', errno: 'ENOSPC', forever: true });
    const { code, stderr } = await runCli(['start'], { cwd: repo.root, env });
    expect({ code, stderr: plain(repo, stderr) }).toEqual({
      code: 73,
      stderr: `error: Cannot write <repo>/.runs/0101/${file}: ${FULL}`,
    });
    await assertIntact(repo.runsRoot, repo.outRoot);
  }

  /** Finishes the run with room on the disk: every stage ran once, and the run counts once. */
  async function expectFinished(how: 'start' | 'resume'): Promise<void> {
    expect(await runCli([how], { cwd: repo.root })).toMatchObject({ code: 0, stderr: '' });
    expect(await repo.manifest()).toMatchObject({ status: 'succeeded', metrics_recorded: true });
    expect([await timesRun(repo, 'one'), await timesRun(repo, 'two')]).toEqual([1, 1]);
    expect(await runsInAggregates(repo)).toBe(1);
    await assertIntact(repo.runsRoot, repo.outRoot);
  }

  it.each(['.heartbeat', '/mcp/', 'drift.json'])('for %s alone does not harm the run', async (trigger) => {
    repo = await makeRepo({ config: pipeline(command('fake', stages.command('fake')), countedStage('two')) });
    const env = {
      ...stages.env,
      ...faultEnvironment({ trigger, operation: 'write', errno: 'ENOSPC', forever: true }),
    };
    const cli = startCli(['start'], { cwd: repo.root, env });
    await (await stages.stage('fake')).exit(0);
    expect(await cli.exited).toMatchObject({ code: 0 });
    expect(await repo.manifest()).toMatchObject({ status: 'succeeded', metrics_recorded: true });
    await assertIntact(repo.runsRoot, repo.outRoot);
  });

  it.each([
    ['when a stage begins', { trigger: 'runner.ndjson', operation: 'write', nth: 3 }, 'runner.ndjson', 0],
    ['while it prints', { trigger: '/commands/', operation: 'write', nth: 3 }, 'commands/01-fake.ndjson', 1],
  ] as const)('%s ends the stage and says so in the manifest', async (_when, place, file, prints) => {
    repo = await makeRepo({ config: pipeline(command('fake', stages.command('fake')), countedStage('two')) });
    const env = { ...stages.env, ...faultEnvironment({ ...place, errno: 'ENOSPC', forever: true }) };
    const cli = startCli(['start'], { cwd: repo.root, env });
    if (prints > 0) {
      const stage = await stages.stage('fake');
      await stage.stdout('some words\n');
      await stage.ended;
    }
    const { code, stderr } = await cli.exited;
    expect(code).toBe(73);
    expect(plain(repo, stderr)).toBe(`error: Cannot write <repo>/.runs/0101/cli/<run>/${file}: ${FULL}`);
    const { commands, ...manifest } = await repo.manifest();
    expect(manifest).toMatchObject({ status: 'failed', status_detail: 'stage:fake:error' });
    expect(commands).toMatchObject([{ status: 'failed', exit_code: null }, { status: 'pending' }]);
    expect(commands[0]?.summary).toMatch(/^Execution error: ENOSPC: /);
    expect(commands[0]?.completed_at).not.toBeNull();
    await assertIntact(repo.runsRoot, repo.outRoot);
    expect(await runCli(['status'], { cwd: repo.root })).toMatchObject({ code: 0, stderr: '' });
  });

  it('for the privacy log is no reason to let go of a running stage', async () => {
    repo = await makeRepo({ config: pipeline(command('fake', stages.command('fake'))) });
    const fault = faultEnvironment({ trigger: 'privacy-decisions', operation: 'write', errno: 'ENOSPC' });
    const cli = startCli(['start'], { cwd: repo.root, env: { ...stages.env, ...fault } });
    const stage = await stages.stage('fake');
    await stage.stdout('AWS_KEY=AKIAIOSFODNN7EXAMPLE ghp_abcdefghijklmnopqrstuvwxyz0123456789\n');
    await cli.waitForStdout('fake: started');
    await stage.exit(0);
    const { code, stderr } = await cli.exited;
    expect(code).toBe(73);
    expect(plain(repo, stderr)).toBe(
      `error: Cannot write <repo>/.runs/0101/cli/<run>/privacy-decisions.ndjson: ${FULL}`,
    );
    expect(await repo.manifest()).toMatchObject({ status: 'failed', status_detail: 'stage:fake:error' });
  });

  it('at the sync of the journal leaves the run with its status', async () => {
    repo = await makeRepo({ config: pipeline(countedStage('one')) });
    const env = faultEnvironment({ trigger: 'runner.ndjson', operation: 'fsync', errno: 'EIO' });
    const { code, stderr } = await runCli(['start'], { cwd: repo.root, env });
    expect({ code, stderr: plain(repo, stderr) }).toEqual({
      code: 73,
      stderr:
        'error: Cannot write <repo>/.runs/0101/cli/<run>/runner.ndjson: the disk reported an error (EIO).\n',
    });
    expect(await repo.manifest()).toMatchObject({ status: 'succeeded' });
    const status = await runCli(['status', '--format', 'json'], { cwd: repo.root });
    expect(JSON.parse(status.stdout)).toMatchObject({ liveness: { state: 'ended' } });
  });
});

describe('a write that takes only a part', () => {
  const FILES = [
    '.owner.lock',
    '.resume-token',
    'runner.ndjson',
    'manifest.json',
    '/commands/',
    'run-summary.json',
    'metrics.json',
    'runs.json',
    'post-rollout',
  ];

  it('is gone on with', async () => {
    repo = await makeRepo({ config: pipeline(countedStage('one'), countedStage('two')) });
    const env = faultEnvironment(
      ...FILES.map((trigger) => ({ trigger, operation: 'write' as const, bytes: 7 })),
    );
    expect(await runCli(['start'], { cwd: repo.root, env })).toMatchObject({ code: 0, stderr: '' });
    expect(await repo.manifest()).toMatchObject({ status: 'succeeded', metrics_recorded: true });
    expect((await repo.journal()).lines).toHaveLength(10);
    expect(await runsInAggregates(repo)).toBe(1);
    await assertIntact(repo.runsRoot, repo.outRoot);
  });

  it.each(['runner.ndjson', '/commands/', 'metrics.json', 'run-summary.json'])(
    'and then refuses takes back the torn line or leaves the old document: %s',
    async (trigger) => {
      repo = await makeRepo({ config: pipeline(countedStage('one')) });
      expect(await runCli(['start'], { cwd: repo.root })).toMatchObject({ code: 0 });
      const nth = trigger === 'runner.ndjson' ? 4 : 1;
      const place = { trigger, operation: 'write' as const };
      const env = faultEnvironment(
        { ...place, nth, bytes: 7 },
        { ...place, nth: nth + 1, errno: 'ENOSPC', forever: true },
      );
      expect((await runCli(['start'], { cwd: repo.root, env })).code).toBe(73);
      await assertIntact(repo.runsRoot, repo.outRoot);
      expect((await repo.journal()).torn).toBe('');
      expect(await repo.read('.runs/0101/metrics.json')).toMatch(/^\{[^\n]*\}\n$/);
      expect(await runCli(['resume'], { cwd: repo.root })).toMatchObject({ code: 0, stderr: '' });
      expect(await runsInAggregates(repo)).toBe(2);
      await assertIntact(repo.runsRoot, repo.outRoot);
    },
  );
});

describe('a small disk', () => {
  it('that a stage fills ends the stage, keeps what it printed, and after more room the run is finished', async () => {
    const flood = "if [ -e roomy ]; then echo done; else yes 'fill it' | head -c 4000000; sleep 30; fi";
    repo = await makeRepo({
      config: pipeline(countedStage('one'), command('flood', flood), countedStage('three')),
    });
    const disk = mountSmallDisk(repo.runsRoot, '512k');
    try {
      // Where nothing can be mounted, the log of the stage is refused after as much.
      const full = {
        trigger: '02-flood.ndjson',
        operation: 'write',
        nth: 4,
        errno: 'ENOSPC',
        forever: true,
      } as const;
      const env = disk === null ? faultEnvironment(full) : {};
      const { code, stderr } = await runCli(['start'], { cwd: repo.root, env });
      expect(code).toBe(73);
      expect(stderr).toMatch(
        /^error: Cannot write[^\n]*: the disk is full \(ENOSPC\)\.\nFree some space[^\n]*\n$/,
      );
      await assertIntact(repo.runsRoot, repo.outRoot);
      const { lines, torn } = await repo.stageLog('02-flood');
      expect(torn).toBe('');
      expect(lines.filter((line) => line['type'] === 'exec:chunk').length).toBeGreaterThan(0);

      disk?.remount('size=8m');
      await repo.write('roomy', '');
      expect(await runCli(['resume'], { cwd: repo.root })).toMatchObject({ code: 0, stderr: '' });
      expect(await repo.manifest()).toMatchObject({ status: 'succeeded', metrics_recorded: true });
      expect([await timesRun(repo, 'one'), await timesRun(repo, 'three')]).toEqual([1, 1]);
      await assertIntact(repo.runsRoot, repo.outRoot);
    } finally {
      disk?.unmount();
    }
  });
});
