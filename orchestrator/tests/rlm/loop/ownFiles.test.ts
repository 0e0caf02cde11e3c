import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { cliPath } from '../../support/runCli.ts';
import { makeLoopRepo, type LoopRepo } from './loopRig.ts';

let repo: LoopRepo;

afterEach(() => repo.cleanup());

describe('a loop does not take for work', () => {
  it.each([
    { where: 'in git', git: true },
    { where: 'outside git', git: false },
  ])('what it says itself into a file of the repository, $where', async ({ git }) => {
    repo = await makeLoopRepo({ git });
    const command = `exec "$0" "$@" > logs/loop.log 2> err.log`;
    await repo.write('logs/keep', '');
    const loop = spawn('sh', ['-c', command, process.execPath, cliPath(), 'rlm', 'reach the goal'], {
      cwd: repo.root,
      env: { ...process.env, ...repo.env },
      stdio: 'ignore',
    });
    expect(await once(loop, 'exit')).toEqual([3, null]);
    expect((await repo.state()).final?.status).toBe('no_progress');
    expect(await repo.read('logs/loop.log')).toContain('    changed: nothing\n');
  });

  it('its evidence where the runs root is the repository', async () => {
    repo = await makeLoopRepo();
    const result = await repo.rlm([], { env: { CODEX_ORCHESTRATOR_RUNS_DIR: '.' } });
    expect(result).toMatchObject({ code: 3, stderr: '' });
    expect(result.stdout).toContain('Goal not reached: no progress in iteration 3 of 88');
  });
});

it("a loop sees the user's files in the folder that its own go to", async () => {
  repo = await makeLoopRepo({ files: { 'out/golden.txt': 'old' }, agent: ['echo new > out/golden.txt'] });
  expect((await repo.rlm(['--max-iterations', '1'])).code).toBe(3);
  expect((await repo.state()).iterations[0]?.diffSummary).toContain('out/golden.txt');
});

it('a loop sees that the agent gets on inside of a repository in the repository', async () => {
  repo = await makeLoopRepo({ agent: ['if [ ! -d in ]; then git init -q in; fi; echo "$n" > in/work'] });
  expect((await repo.rlm(['--max-iterations', '4'])).code).toBe(3);
  const { final, iterations } = await repo.state();
  expect(final?.status).toBe('max_iterations');
  expect(new Set(iterations.map((each) => each.after)).size).toBe(1);
});
