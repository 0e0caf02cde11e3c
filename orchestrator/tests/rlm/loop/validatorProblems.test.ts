import { afterEach, describe, expect, it } from 'vitest';
import { identifyProcess } from '../../../src/storage/processIdentity.ts';
import { expectEnd, expectGone, makeLoopRepo, type LoopRepo } from './loopRig.ts';

let repo: LoopRepo;

afterEach(() => repo.cleanup());

describe('a validator that cannot work', () => {
  it('ends the loop before the agent is called', async () => {
    repo = await makeLoopRepo();
    await expectEnd(repo, await repo.rlm(['--validator', '/nowhere/check --all']), {
      status: 'error',
      exitCode: 4,
      reason:
        'Failed before the first iteration: the validator could not be started: /nowhere/check --all. ' +
        'Check the command of --validator.',
    });
    expect(await repo.calls('agent')).toBe(0);
  });

  it('may still be made by the agent, if it lies in the repository', async () => {
    repo = await makeLoopRepo({ agent: ['echo "exit 0" > check.sh; chmod +x check.sh'] });
    const result = await repo.rlm(['--validator', './check.sh']);
    await expectEnd(repo, result, {
      status: 'passed',
      exitCode: 0,
      reason: 'Goal reached: the validator passed in iteration 1 of 88.',
    });
    expect(result.stdout).toContain("\n  warning: the validator's program ./check.sh is not there yet\n");
  });

  it('because there is no script is said at the start', async () => {
    const content = { files: { 'package.json': { packageManager: 'npm@10.0.0', scripts: { lint: 'x' } } } };
    repo = await makeLoopRepo(content);
    const result = await repo.rlm(['--max-iterations', '1'], { env: { RLM_VALIDATOR: undefined } });
    expect(result.code).toBe(3);
    expect(result.stdout).toContain('\n  warning: package.json has no test script\n  Iteration 1 of 1\n');
  });
});

it('a validator that is killed is told by the signal wherever it is told', async () => {
  repo = await makeLoopRepo();
  const result = await repo.rlm(['--validator', 'kill -9 $$', '--max-iterations', '2']);
  const state = await expectEnd(repo, result, {
    status: 'max_iterations',
    exitCode: 3,
    reason: 'Goal not reached: 2 of 2 iterations used, the validator still fails (ended by SIGKILL).',
  });
  expect(result.stdout).toMatch(/\n {4}validator: ended by SIGKILL after \d+ ms\n/);
  expect(state.iterations.map((one) => one.validatorExitCode)).toEqual([1, 1]);
  expect(state.lastFeedback).toMatchObject({ exitCode: 1, signal: 'SIGKILL' });
  expect(await repo.loopFile('validator-1.log')).toMatch(/\n\[signal\] SIGKILL\n\[exit\] 1\n$/);
  expect(await repo.prompt(2)).toContain(
    'It was ended by the signal SIGKILL, which counts as a failure (exit code 1).',
  );
});

it('nothing that an agent or a validator leaves running goes on', async () => {
  const leave = (name: string) => `(trap '' HUP; sleep 1000) & echo $! >> ${name}`;
  const far = process.platform === 'linux' ? "setsid sh -c 'echo $$ >> pids; exec sleep 1000' &" : ':';
  const waited = process.platform === 'linux' ? 'until test -s pids; do sleep 0.01; done' : ':';
  repo = await makeLoopRepo({
    agent: [`${far}\n${waited}\n${leave('pids')}`],
    validator: [`${leave('pids')}; exit 0`],
  });
  const begun = performance.now();
  const result = await repo.rlm();
  expect(result.code).toBe(0);
  expect(performance.now() - begun).toBeLessThan(60_000);
  const pids = (await repo.read('pids')).trim().split('\n').map(Number);
  expect(pids).toHaveLength(process.platform === 'linux' ? 3 : 2);
  expectGone(pids.map(identifyProcess));
});
