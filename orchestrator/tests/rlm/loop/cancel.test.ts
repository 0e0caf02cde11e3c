import { afterEach, describe, expect, it } from 'vitest';
import type { RunningCli } from '../../support/runCli.ts';
import { expectEnd, expectGone, HANG, makeLoopRepo, type LoopRepo } from './loopRig.ts';

let repo: LoopRepo;

afterEach(() => repo.cleanup());

type Means = 'SIGINT' | 'SIGTERM' | 'cancel';

/** `cancel` asks the process that runs the loop by SIGTERM. */
const ENDS = {
  SIGINT: { exitCode: 130, cause: 'SIGINT' },
  SIGTERM: { exitCode: 143, cause: 'SIGTERM' },
  cancel: { exitCode: 143, cause: 'SIGTERM' },
};

async function stop(running: RunningCli, means: Means): Promise<void> {
  if (means !== 'cancel') return running.kill(means);
  expect(await repo.cli(['cancel'])).toMatchObject({ code: 0, stderr: '' });
}

async function expectCancelled(running: RunningCli, means: Means): Promise<void> {
  const { exitCode, cause } = ENDS[means];
  const reason = `Cancelled in iteration 2 of 88 (${cause}).`;
  const state = await expectEnd(repo, await running.exited, { status: 'cancelled', exitCode, reason });
  expect(state.iterations).toHaveLength(1);
  expect(state.inProgress).toMatchObject({ n: 2 });
}

const ALL_MEANS: Means[] = ['SIGINT', 'SIGTERM', 'cancel'];

describe.each(ALL_MEANS)('%s ends a loop with all its processes', (means) => {
  it('while the agent works', async () => {
    repo = await makeLoopRepo({ agent: [':', HANG] });
    const running = repo.startRlm();
    const processes = await repo.hanging('agent');
    await stop(running, means);
    await expectCancelled(running, means);
    expectGone(processes);
    expect((await repo.state()).inProgress).toMatchObject({ agentEnded: null, calls: [] });
    expect(await repo.calls('validator')).toBe(1);
  });

  it('while the validator runs', async () => {
    repo = await makeLoopRepo({ validator: ['exit 1', HANG] });
    const running = repo.startRlm();
    const processes = await repo.hanging('validator');
    await stop(running, means);
    await expectCancelled(running, means);
    expectGone(processes);
    // What was killed has not judged anything.
    expect((await repo.state()).inProgress).toMatchObject({ agentEnded: 'exited' });
  });

  it('while it waits to call the agent again', async () => {
    repo = await makeLoopRepo({ agent: [':', 'echo "429 Too Many Requests" >&2; exit 1'] });
    const running = repo.startRlm([], { env: { RLM_AGENT_RETRY_SECONDS: '3600' } });
    await running.waitForStdout('trying again in');
    await stop(running, means);
    await expectCancelled(running, means);
    expect(await repo.calls('agent')).toBe(2);
  });
});

it('an agent that ignores the stop is killed after the grace', async () => {
  repo = await makeLoopRepo({ agent: [`trap '' TERM INT; ${HANG}`] });
  const running = repo.startRlm(['--grace', '0.2']);
  const processes = await repo.hanging('agent');
  running.kill('SIGTERM');
  const state = await expectEnd(repo, await running.exited, {
    status: 'cancelled',
    exitCode: 143,
    reason: 'Cancelled in iteration 1 of 88 (SIGTERM).',
  });
  expectGone(processes);
  expect(state.inProgress).toMatchObject({ n: 1, agentEnded: null });
});

it('a second Ctrl-C does not wait for the grace', async () => {
  repo = await makeLoopRepo({ agent: [`trap '' TERM INT; ${HANG}`] });
  const running = repo.startRlm(['--grace', '3600']);
  const processes = await repo.hanging('agent');
  running.kill('SIGINT');
  await running.waitForStdout('Stopping');
  running.kill('SIGINT');
  const state = await expectEnd(repo, await running.exited, {
    status: 'cancelled',
    exitCode: 130,
    reason: 'Cancelled in iteration 1 of 88 (SIGINT).',
  });
  expectGone(processes);
  expect(state.inProgress).toMatchObject({ n: 1, agentEnded: null });
});

it('a validator that passes although it was told to stop is not believed', async () => {
  repo = await makeLoopRepo({ validator: [`trap 'exit 0' TERM; ${HANG}`] });
  const running = repo.startRlm();
  await repo.hanging('validator');
  running.kill('SIGTERM');
  const state = await expectEnd(repo, await running.exited, {
    status: 'cancelled',
    exitCode: 143,
    reason: 'Cancelled in iteration 1 of 88 (SIGTERM).',
  });
  expect(state).toMatchObject({ iterations: [], inProgress: { agentEnded: 'exited' } });
});
