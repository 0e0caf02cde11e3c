import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startFakeStageServer } from '../../support/fakeStageServer.ts';
import type { FakeStageServer } from '../../support/fakeStageServer.ts';
import type { RunningCli } from '../../support/runCli.ts';
import { makeLoopRepo, type LoopRepo } from './loopRig.ts';

let server: FakeStageServer;
let repo: LoopRepo;

beforeEach(async () => {
  server = await startFakeStageServer();
  repo = await makeLoopRepo();
});

afterEach(async () => {
  await server.close();
  await repo.cleanup();
});

function start(...args: string[]): RunningCli {
  const env = {
    ...server.env,
    RLM_AGENT_COMMAND: server.command('agent'),
    RLM_VALIDATOR: server.command('validator'),
  };
  return repo.startRlm(args, { env });
}

describe('state.json', () => {
  it('tells in every phase what goes on', async () => {
    const running = start('--max-iterations', '9', '--max-minutes', '30', '--max-tokens', '5000');
    const agent = await server.stage('agent');
    const atAgent = await repo.state();
    expect(atAgent).toMatchObject({
      goal: 'reach the goal',
      validator: server.command('validator'),
      roles: 'single',
      maxIterations: 9,
      maxMinutes: 30,
      maxTokens: 5000,
      agent: { kind: 'command', command: server.command('agent'), args: [] },
      phase: 'agent',
      pid: running.pid,
      iterations: [],
      inProgress: { n: 1, agentEnded: null, calls: [] },
    });
    expect(atAgent).not.toHaveProperty('final');
    expect(agent.cwd).toBe(repo.root);
    expect(await repo.prompt(1)).toContain('reach the goal');

    await agent.stdout('Summary: did it\n');
    await agent.exit(0);
    const validator = await server.stage('validator');
    expect(validator.cwd).toBe(repo.root);
    const atValidator = await repo.state();
    expect(atValidator).toMatchObject({
      phase: 'validator',
      pid: running.pid,
      iterations: [],
      inProgress: { n: 1, agentEnded: 'exited', calls: [{ role: 'agent', exitCode: 0 }] },
      totals: { agentCalls: 1 },
    });
    await validator.exit(1);

    const second = await server.stage('agent');
    expect(await repo.state()).toMatchObject({
      phase: 'agent',
      iterations: [{ n: 1, summary: 'did it', validatorExitCode: 1 }],
      inProgress: { n: 2, calls: [] },
    });
    await second.exit(0);
    await (await server.stage('validator')).exit(0);
    expect((await running.exited).code).toBe(0);
    expect(await repo.state()).toMatchObject({
      phase: 'ended',
      inProgress: null,
      final: { status: 'passed' },
    });
    expect(await repo.loopFile('state.json')).toMatch(/^\{\n {2}"goal": [^]*[^\n]$/);
  });

  it('has each call of a triad before the next one begins', async () => {
    const running = start('--roles', 'triad');
    await (await server.stage('agent')).exit(0);
    const critic = await server.stage('agent');
    expect((await repo.state()).inProgress?.calls).toMatchObject([{ role: 'planner' }]);
    await critic.exit(0);
    const reviser = await server.stage('agent');
    expect((await repo.state()).inProgress?.calls).toMatchObject([{ role: 'planner' }, { role: 'critic' }]);
    await reviser.exit(0);
    await (await server.stage('validator')).exit(0);
    expect((await running.exited).code).toBe(0);
  });

  it('tells in the phase of a retry that failed calls are not done', async () => {
    const running = start();
    const first = await server.stage('agent');
    await first.stderr('overloaded\n');
    await first.exit(1);
    const again = await server.stage('agent');
    expect(await repo.state()).toMatchObject({ phase: 'agent', inProgress: { n: 1, calls: [] } });
    await again.exit(0);
    await (await server.stage('validator')).exit(0);
    expect((await running.exited).code).toBe(0);
  });
});

it('status tells of a loop that runs', async () => {
  const running = start();
  const agent = await server.stage('agent');
  const shown = await repo.cli(['status']);
  expect(shown.stdout).toContain('reach the goal');
  await agent.exit(0);
  await (await server.stage('validator')).exit(0);
  expect((await running.exited).code).toBe(0);
});

it('the agent and the validator get the environment of the contract', async () => {
  const running = start();
  const agent = await server.stage('agent');
  expect(agent.env).toMatchObject({
    CODEX_NON_INTERACTIVE: '1',
    CODEX_NO_INTERACTIVE: '1',
    CODEX_INTERACTIVE: '0',
    CODEX_ORCHESTRATOR_TASK_ID: '0101',
    CODEX_ORCHESTRATOR_RUN_ID: (await repo.runIds())[0],
    CODEX_ORCHESTRATOR_RUN_DIR: await repo.runDir(),
  });
  expect(agent.env).not.toHaveProperty('CODEX_SUBAGENTS');
  await agent.exit(0);
  await (await server.stage('validator')).exit(0);
  expect((await running.exited).code).toBe(0);
});
