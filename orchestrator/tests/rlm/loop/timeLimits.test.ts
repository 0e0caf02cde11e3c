import { afterEach, describe, expect, it } from 'vitest';
import { expectEnd, expectGone, HANG, makeLoopRepo, type LoopRepo } from './loopRig.ts';

let repo: LoopRepo;

afterEach(() => repo.cleanup());

/** Long enough that the agent is called before it is over, on a busy machine too. */
const MINUTES = '0.025';

describe('the time of the loop', () => {
  it('ends the agent in the middle of its work, with the processes below it', async () => {
    repo = await makeLoopRepo({ agent: [HANG] });
    const running = repo.startRlm(['--max-minutes', MINUTES]);
    const processes = await repo.hanging('agent');
    const result = await running.exited;
    const state = await expectEnd(repo, result, {
      status: 'max_minutes',
      exitCode: 3,
      reason:
        'Goal not reached: the time of 1.5 s is used up in iteration 1 of 88, the validator has not run.',
    });
    expectGone(processes);
    expect(result.stdout).toMatch(/^ {4}agent: ended after \d.* m?s, its time was used up$/m);
    expect(state.iterations).toMatchObject([
      { n: 1, agentEnded: 'timed-out', validatorExitCode: null, validatorLogPath: null },
    ]);
    expect(await repo.calls('validator')).toBe(0);
  });

  it('ends the validator, and that is no pass', async () => {
    repo = await makeLoopRepo({ validator: [`trap 'exit 0' TERM; ${HANG}`] });
    const running = repo.startRlm(['--max-minutes', MINUTES]);
    const processes = await repo.hanging('validator');
    const result = await running.exited;
    await expectEnd(repo, result, {
      status: 'max_minutes',
      exitCode: 3,
      reason:
        'Goal not reached: the time of 1.5 s is used up in iteration 1 of 88, the validator was ended before it was done.',
    });
    expectGone(processes);
    expect(result.stdout).toMatch(/^ {4}validator: ended after \d.* m?s, its time was used up$/m);
    expect(await repo.loopFile('validator-1.log')).toMatch(/\n\[exit\] 1$/m);
  });

  it('without a validator ends the loop with its budget used', async () => {
    repo = await makeLoopRepo({ agent: [HANG] });
    const args = ['--validator', 'none', '--max-iterations', '0', '--max-minutes', MINUTES];
    const running = repo.startRlm(args);
    const processes = await repo.hanging('agent');
    const state = await expectEnd(repo, await running.exited, {
      status: 'budget_complete',
      exitCode: 0,
      reason:
        'Stopped: the time of 1.5 s is used up in iteration 1. There was no validator, so nothing proves the goal.',
    });
    expectGone(processes);
    expect(state.iterations).toMatchObject([{ agentEnded: 'timed-out', validatorExitCode: null }]);
  });

  it('goes on while a retry is waited for, and ends the wait', async () => {
    repo = await makeLoopRepo({ agent: ['echo "503 Service Unavailable" >&2; exit 1'] });
    const env = { RLM_AGENT_RETRY_SECONDS: '3600' };
    const result = await repo.rlm(['--max-minutes', MINUTES], { env });
    const state = await expectEnd(repo, result, {
      status: 'max_minutes',
      exitCode: 3,
      reason:
        'Goal not reached: the time of 1.5 s is used up in iteration 1 of 88, the validator has not run.',
    });
    expect(result.stdout).toContain('    agent: exit code 1: 503 Service Unavailable; trying again in ');
    expect(state.iterations).toMatchObject([{ agentEnded: 'timed-out', validatorExitCode: null }]);
    expect(await repo.calls('agent')).toBe(1);
  });
});

describe('the time of an iteration', () => {
  it('is not used up by waits for a retry', async () => {
    repo = await makeLoopRepo({
      agent: ['echo "503 Service Unavailable" >&2; exit 1', 'echo Summary: done'],
      validator: ['exit 0'],
    });
    const env = { RLM_AGENT_RETRY_SECONDS: '2' };
    const result = await repo.rlm(['--iteration-minutes', '0.01'], { env });
    const state = await expectEnd(repo, result, {
      status: 'passed',
      exitCode: 0,
      reason: 'Goal reached: the validator passed in iteration 1 of 88.',
    });
    expect(state.iterations).toMatchObject([{ agentEnded: 'exited', calls: [{ attempts: 2 }] }]);
  });

  it('ends the agent; the validator judges what it has done, and the next prompt tells', async () => {
    repo = await makeLoopRepo({
      agent: [`echo half > work; ${HANG}`, 'echo whole > work'],
      validator: ['grep -q whole work'],
    });
    const running = repo.startRlm(['--iteration-minutes', '0.015']);
    const processes = await repo.hanging('agent');
    const state = await expectEnd(repo, await running.exited, {
      status: 'passed',
      exitCode: 0,
      reason: 'Goal reached: the validator passed in iteration 2 of 88.',
    });
    expectGone(processes);
    expect(state.iterations).toMatchObject([
      { agentEnded: 'timed-out', validatorExitCode: 1 },
      { agentEnded: 'exited', validatorExitCode: 0 },
    ]);
    expect(await repo.input(2)).toContain('The agent of the last iteration was stopped at its time limit');
  });

  it('ends the validator, which then has failed, and the next prompt tells', async () => {
    repo = await makeLoopRepo({ validator: [`echo begun; ${HANG}`, 'exit 0'] });
    const running = repo.startRlm(['--iteration-minutes', '0.015']);
    const processes = await repo.hanging('validator');
    const state = await expectEnd(repo, await running.exited, {
      status: 'passed',
      exitCode: 0,
      reason: 'Goal reached: the validator passed in iteration 2 of 88.',
    });
    expectGone(processes);
    expect(state.iterations[0]).toMatchObject({ validatorExitCode: 1 });
    expect(await repo.input(2)).toContain('It took too long and was stopped at its time limit');
  });
});
