import { readdir } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { faultEnvironment } from '../support/faults.ts';
import { runCli } from '../support/runCli.ts';
import { makeRepo, type SandboxRepo } from '../support/sandboxRepo.ts';
import { countedStage, pipeline, timesRun } from '../support/stageConfig.ts';
import { assertIntact, plain } from './evidence.ts';
import { mountSmallDisk } from './smallDisk.ts';

let repo: SandboxRepo;
afterEach(() => repo.cleanup());

const READ_ONLY =
  'the file system is read-only (EROFS).\n' +
  'Choose another place with CODEX_ORCHESTRATOR_RUNS_DIR and CODEX_ORCHESTRATOR_OUT_DIR.\n';

describe('a runs directory that', () => {
  it('is missing is made, however deep', async () => {
    repo = await makeRepo({ config: pipeline(countedStage('one')) });
    const env = { CODEX_ORCHESTRATOR_RUNS_DIR: 'a/b/c', CODEX_ORCHESTRATOR_OUT_DIR: 'd/e' };
    expect(await runCli(['start'], { cwd: repo.root, env })).toMatchObject({ code: 0, stderr: '' });
    expect(await readdir(repo.path('a/b/c/0101/cli'))).toHaveLength(1);
    expect(await readdir(repo.path('d/e/0101'))).toContain('runs.json');
  });

  it.each([
    ['is a file', '.runs', '<repo>/.runs/0101'],
    ['lies below a file', '.runs/0101', '<repo>/.runs/0101/cli'],
  ])('%s stops the run before its first stage, and stays', async (_what, file, folder) => {
    repo = await makeRepo({ config: pipeline(countedStage('one')), files: { [file]: 'mine' } });
    const { code, stdout, stderr } = await runCli(['start'], { cwd: repo.root });
    expect({ code, stdout }).toEqual({ code: 73, stdout: '' });
    expect(plain(repo, stderr)).toBe(
      `error: Cannot create the folder ${folder}: a part of the path is a file, not a folder (ENOTDIR).\n` +
        'Move the file away, or choose another place with CODEX_ORCHESTRATOR_RUNS_DIR.\n',
    );
    expect(await repo.read(file)).toBe('mine');
    expect(await timesRun(repo, 'one')).toBe(0);
    for (const args of [['runs'], ['doctor']]) {
      expect((await runCli(args, { cwd: repo.root })).stderr).not.toMatch(/ {4}at |Internal error/);
    }
  });

  it('is on a read-only file system stops the run before its first stage', async () => {
    repo = await makeRepo({ config: pipeline(countedStage('one')) });
    const disk = mountSmallDisk(repo.runsRoot, '256k');
    disk?.remount('ro');
    try {
      // Where nothing can be mounted, every file in it refuses.
      const env =
        disk === null ? faultEnvironment({ trigger: '/.runs/', errno: 'EROFS', forever: true }) : {};
      const { code, stdout, stderr } = await runCli(['start'], { cwd: repo.root, env });
      expect({ code, stdout }).toEqual({ code: 73, stdout: '' });
      const what =
        disk === null
          ? 'open <repo>/.runs/0101/cli/<run>/.owner.lock'
          : 'create the folder <repo>/.runs/0101';
      expect(plain(repo, stderr)).toBe(`error: Cannot ${what}: ${READ_ONLY}`);
      expect(await timesRun(repo, 'one')).toBe(0);
    } finally {
      disk?.unmount();
    }
  });
});

describe('a file of a run that cannot be written', () => {
  it.each([
    ['.owner.lock', 'open', '.owner.lock', 0],
    ['.resume-token', 'open', '.resume-token', 0],
    ['runner.ndjson', 'open', 'runner.ndjson', 0],
    ['manifest.json', 'rename', 'manifest.json', 0],
    ['/01-one.ndjson', 'open', 'commands/01-one.ndjson', 0],
    ['run-summary.json', 'rename', 'run-summary.json', 1],
  ] as const)('stops the run: %s refuses to %s', async (trigger, operation, file, ran) => {
    repo = await makeRepo({ config: pipeline(countedStage('one')) });
    const env = faultEnvironment({ trigger, operation, errno: 'EROFS', forever: true });
    const { code, stderr } = await runCli(['start'], { cwd: repo.root, env });
    expect(code).toBe(73);
    const action = operation === 'open' ? 'open' : 'replace';
    // Contrary to a real one, the injected error of a rename does not name the target.
    expect(plain(repo, stderr).replace('.<temp>', '')).toBe(
      `error: Cannot ${action} <repo>/.runs/0101/cli/<run>/${file}: ${READ_ONLY}`,
    );
    await assertIntact(repo.runsRoot, repo.outRoot);
    expect(await timesRun(repo, 'one')).toBe(ran);
    const again = await runCli([ran === 1 ? 'resume' : 'start'], { cwd: repo.root });
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(await repo.manifest()).toMatchObject({ status: 'succeeded', metrics_recorded: true });
    expect(await timesRun(repo, 'one')).toBe(1);
  });
});

describe('an out directory that is a file', () => {
  it('is reported, and costs the run none of its own evidence', async () => {
    repo = await makeRepo({
      config: pipeline(countedStage('one'), countedStage('two')),
      files: { out: 'mine' },
    });
    const { code, stderr } = await runCli(['start'], { cwd: repo.root });
    expect(code).toBe(73);
    expect(plain(repo, stderr)).toMatch(
      /^error: Cannot [^\n]*<repo>\/out[^\n]*: a part of the path is a file, not a folder \(ENOTDIR\)\.\nMove the file away[^\n]*\n$/,
    );
    expect(await repo.read('out')).toBe('mine');
    expect(await repo.manifest()).toMatchObject({
      status: 'succeeded',
      commands: [{ status: 'succeeded' }, { status: 'succeeded' }],
    });
    await assertIntact(repo.runsRoot);
  });
});
