import { afterEach, describe, expect, it } from 'vitest';
import { runCli } from '../support/runCli.ts';
import { makeRepo, type SandboxRepo } from '../support/sandboxRepo.ts';
import { command, countedStage, pipeline, timesRun } from '../support/stageConfig.ts';
import { assertIntact } from './evidence.ts';

let repo: SandboxRepo;
afterEach(() => repo.cleanup());

describe('a stage that cannot be started', () => {
  it.each([
    ['its directory is missing', 'gone', 'the working directory does not exist: '],
    ['its directory is a file', 'file', 'the working directory is not a directory: '],
  ])('fails the run when %s, tolerated failures or not', async (_what, cwd, problem) => {
    repo = await makeRepo({
      config: pipeline(
        countedStage('one'),
        command('two', 'true', { cwd, allowFailure: true }),
        countedStage('three'),
      ),
      files: { file: '' },
    });
    const result = await runCli(['start'], { cwd: repo.root });
    expect(result).toMatchObject({ code: 1, stderr: '' });
    const summary = `Execution error: ${problem}${repo.path(cwd)}`;
    expect(result.stdout).toContain(summary);
    expect(await repo.manifest()).toMatchObject({
      status: 'failed',
      status_detail: 'stage:two:error',
      metrics_recorded: true,
      commands: [
        { status: 'succeeded' },
        { status: 'failed', exit_code: null, summary },
        { status: 'pending' },
      ],
    });
    expect(await timesRun(repo, 'three')).toBe(0);
    await assertIntact(repo.runsRoot, repo.outRoot);
  });
});

describe('a command that does not exist', () => {
  it('fails its stage with what the shell says', async () => {
    repo = await makeRepo({ config: pipeline(command('lost', 'no-such-command-anywhere')) });
    const result = await runCli(['start'], { cwd: repo.root });
    expect(result).toMatchObject({ code: 1, stderr: '' });
    const { commands, status_detail } = await repo.manifest();
    expect(status_detail).toBe('stage:lost:failed');
    expect(commands).toMatchObject([{ status: 'failed', exit_code: 127 }]);
    expect(commands[0]?.summary).toMatch(/^Exited with code 127: .*no-such-command-anywhere.*not found/);
  });

  it.each([
    [['no-such-program'], 'command not found: no-such-program'],
    [['--cwd', 'gone', 'true'], 'the working directory does not exist: <cwd>'],
    [['./file'], 'not executable: ./file'],
  ])('ends exec %j with code 1 and says so', async (args, problem) => {
    repo = await makeRepo({ files: { file: '' } });
    const result = await runCli(['exec', ...args], { cwd: repo.root });
    const message = `Execution error: ${problem.replace('<cwd>', repo.path('gone'))}`;
    expect(result).toEqual({ code: 1, signal: null, stdout: '', stderr: `${message}\n` });
    expect(await repo.manifest()).toMatchObject({
      status: 'failed',
      commands: [{ exit_code: null, summary: message }],
    });
    await assertIntact(repo.runsRoot, repo.outRoot);
  });
});
