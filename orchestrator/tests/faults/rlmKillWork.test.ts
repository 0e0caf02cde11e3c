import { chmod } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { identifyProcess, probeProcess } from '../../src/storage/processIdentity.ts';
import { makeLoopRepo, type LoopRepo } from '../rlm/loop/loopRig.ts';
import { eventually } from '../support/eventually.ts';
import { startFakeStageServer, type FakeStageServer } from '../support/fakeStageServer.ts';
import type { FakeStage } from '../support/fakeStage.ts';
import { faultEnvironment } from '../support/faults.ts';
import type { RunningCli } from '../support/runCli.ts';

let stages: FakeStageServer;
let repo: LoopRepo;
/** Agent and validator of the loop, as far as a test plays them itself. */
let played: Record<string, string>;

beforeEach(async () => {
  stages = await startFakeStageServer();
});
afterEach(async () => {
  await stages.close();
  await repo.cleanup();
});

async function open(
  content: Parameters<typeof makeLoopRepo>[0],
  ...names: ('agent' | 'validator')[]
): Promise<void> {
  repo = await makeLoopRepo(content);
  played = { ...stages.env };
  if (names.includes('agent')) played['RLM_AGENT_COMMAND'] = stages.command('agent');
  if (names.includes('validator')) played['RLM_VALIDATOR'] = stages.command('validator');
}

function begin(...args: string[]): RunningCli {
  return repo.startRlm(['--max-iterations', '5', ...args], { env: played });
}

function resume(...args: string[]): RunningCli {
  return repo.startCli(['resume', '--grace', '0.2', ...args], { env: played });
}

async function kill(cli: RunningCli): Promise<void> {
  cli.kill('SIGKILL');
  expect(await cli.exited).toMatchObject({ signal: 'SIGKILL' });
}

/** The next process of that name, which must be the only one. */
async function successor(name: string, ...before: FakeStage[]): Promise<FakeStage> {
  const identities = before.map(({ pid }) => identifyProcess(pid));
  const next = await stages.stage(name);
  expect(identities.map((identity) => probeProcess(identity))).toEqual(identities.map(() => 'dead'));
  return next;
}

const USAGE = '{"type":"usage","input_tokens":10,"output_tokens":5}\n';

/** Resolves when the log of the agent has what it said of its cost so many times. */
async function usagesLogged(count: number): Promise<void> {
  const isThere = async (): Promise<boolean> =>
    (await repo.loopFile('agent-1.jsonl')).split('input_tokens').length > count;
  await eventually(isThere, { what: `${count} lines of usage in the log of the agent` });
}

/** Puts a program `claude` on the path of the loop that is played by the test, as `agent`. */
async function playClaude(): Promise<void> {
  const program = await repo.write('bin/claude', `#!/bin/sh\nexec ${stages.command('agent')}\n`);
  await chmod(program, 0o755);
  played['PATH'] = `${path.dirname(program)}:${process.env['PATH'] ?? ''}`;
  played['RLM_AGENT'] = 'claude';
  delete played['RLM_AGENT_COMMAND'];
}

describe('a loop whose owner is killed', () => {
  it('while the agent works calls it again, once nothing of it is left', async () => {
    await open({ validator: ['exit 0'] }, 'agent');
    const killed = begin();
    const first = await stages.stage('agent');
    const tool = await first.spawn('tool', { detached: true });
    await Promise.all([first.trap('SIGTERM'), tool.trap('SIGTERM')]);
    await first.stdout(USAGE);
    await killed.waitForStdout('Iteration 1 of 5');
    await kill(killed);
    const resumed = resume();
    const second = await successor('agent', first, tool);
    await second.stdout(`${USAGE}Summary: done\n`);
    await second.exit(0);
    expect(await resumed.exited).toMatchObject({ code: 0, stderr: '' });
    expect(stages.startCount('agent')).toBe(2);
    const state = await repo.state();
    expect(state.iterations).toMatchObject([{ n: 1, summary: 'done', validatorExitCode: 0 }]);
    expect(state.totals.agentCalls).toBe(2);
    expect(await repo.calls('validator')).toBe(1);
    expect(await repo.prompt(1)).toContain('The loop was interrupted and goes on now.');
  });

  it('and whose agent ends soon after it, but not what the agent has started, ends that first', async () => {
    await open({ validator: ['exit 0'] }, 'agent');
    const killed = begin();
    const first = await stages.stage('agent');
    const tool = await first.spawn('tool');
    await kill(killed);
    first.die('SIGKILL');
    await first.ended;
    const resumed = resume();
    const second = await successor('agent', tool);
    await second.exit(0);
    expect(await resumed.exited).toMatchObject({ code: 0, stderr: '' });
  });

  it.each([
    { part: 'agent', nth: 4 },
    { part: 'validator', nth: 6 },
  ] as const)('before its $part is on record leaves none that nobody knows of', async ({ part, nth }) => {
    await open({ agent: ['echo "Summary: done"'], validator: ['exit 0'] }, part);
    const place = { trigger: '/runner.ndjson', operation: 'write', nth, kill: 'before' } as const;
    expect(await repo.rlm([], { env: { ...played, ...faultEnvironment(place) } })).toMatchObject({
      signal: 'SIGKILL',
    });
    const begins = (await repo.journal()).lines.filter((line) => line['type'] === 'process:begin');
    expect(begins).toHaveLength(part === 'agent' ? 0 : 1);
    const resumed = resume();
    const only = await stages.stage(part);
    await only.exit(0);
    expect(await resumed.exited).toMatchObject({ code: 0, stderr: '' });
    expect(stages.startCount(part)).toBe(1);
  });

  it('while the validator works runs only that one again', async () => {
    await open({ agent: ['echo "Summary: by $n"'] }, 'validator');
    const killed = begin();
    await (await stages.stage('validator')).exit(1);
    const first = await stages.stage('validator');
    await first.trap('SIGTERM');
    await kill(killed);
    const resumed = resume();
    const second = await successor('validator', first);
    await second.exit(0);
    expect(await resumed.exited).toMatchObject({ code: 0, stderr: '' });
    expect((await repo.state()).iterations).toMatchObject([
      { n: 1, summary: 'by 1', validatorExitCode: 1 },
      { n: 2, summary: 'by 2', validatorExitCode: 0 },
    ]);
    expect(await repo.calls('agent')).toBe(2);
    expect(stages.startCount('validator')).toBe(3);
  });

  it('while it waits for another try tries again, and counts what the failure cost once', async () => {
    const usage = `echo '${USAGE.trim()}'`;
    const failing = `${usage}; echo 'rate limit exceeded' >&2; exit 1`;
    await open({ agent: [failing, `${usage}; exit 0`], validator: ['exit 0'] });
    played['RLM_AGENT_RETRY_SECONDS'] = '600';
    const killed = begin();
    await killed.waitForStdout('trying again in');
    await kill(killed);
    const resumed = await resume().exited;
    expect(resumed).toMatchObject({ code: 0, stderr: '' });
    expect(await repo.calls('agent')).toBe(2);
    const { iterations, totals } = await repo.state();
    expect(iterations).toMatchObject([{ n: 1, validatorExitCode: 0 }]);
    expect(totals).toMatchObject({ agentCalls: 2, input: 20, output: 10 });
  });

  it('after the agent has answered, and before it exits, does not call it again', async () => {
    await open({ validator: ['exit 0'] }, 'agent');
    await playClaude();
    const killed = repo.startRlm(['--agent', 'claude'], { env: played });
    const agent = await stages.stage('agent');
    const usage = { input_tokens: 3, output_tokens: 2 };
    const answer = {
      type: 'result',
      subtype: 'success',
      is_error: false,
      result: 'Summary: answered',
      usage,
    };
    await agent.stdout(`${JSON.stringify(answer)}\n`);
    await usagesLogged(1);
    await kill(killed);
    const identity = identifyProcess(agent.pid);
    const resumed = await resume().exited;
    expect(resumed).toMatchObject({ code: 0, stderr: '' });
    expect(resumed.stdout).toContain('  agent: had finished before the interruption\n');
    expect(stages.startCount('agent')).toBe(1);
    expect(probeProcess(identity)).toBe('dead');
    const { iterations, totals } = await repo.state();
    expect(iterations).toMatchObject([{ n: 1, summary: 'answered', validatorExitCode: 0 }]);
    expect(totals).toMatchObject({ agentCalls: 1, input: 3, output: 2 });
  });

  it('after the time of the agent was up, and before that is on record, does not call it again', async () => {
    await open({ agent: ['exec sleep 60'] });
    const flags = ['--validator', 'none', '--max-iterations', '1', '--iteration-minutes', '0.002'];
    const env = faultEnvironment({ trigger: '/rlm/state.json', operation: 'rename', nth: 3, kill: 'before' });
    expect(await repo.rlm(flags, { env })).toMatchObject({ signal: 'SIGKILL' });
    expect(await repo.cli(['resume'])).toMatchObject({ code: 0, stderr: '' });
    expect(await repo.calls('agent')).toBe(1);
    const { iterations, totals } = await repo.state();
    expect(iterations).toMatchObject([{ n: 1, agentEnded: 'timed-out', calls: [{ attempts: 1 }] }]);
    expect(totals.agentCalls).toBe(1);
  });

  it('and killed again while it is resumed goes on all the same', async () => {
    await open({ validator: ['exit 0'] }, 'agent');
    let owner = begin();
    let agent = await stages.stage('agent');
    for (let times = 1; times <= 2; times += 1) {
      await agent.stdout(USAGE);
      await usagesLogged(times);
      await kill(owner);
      owner = resume();
      agent = await successor('agent', agent);
    }
    await agent.stdout(USAGE);
    await agent.exit(0);
    expect(await owner.exited).toMatchObject({ code: 0, stderr: '' });
    const { iterations, totals } = await repo.state();
    expect(iterations).toMatchObject([{ n: 1, calls: [{ attempts: 1, input: 10, output: 5 }] }]);
    expect(totals).toMatchObject({ agentCalls: 3, input: 30, output: 15 });
    expect((await repo.manifest()).resume_events).toHaveLength(2);
  });

  it.each(['before', 'after'] as const)(
    'between planner and critic (%s the planner is in the state) does not call the planner again',
    async (at) => {
      await open({ agent: ['echo "words of call $n"'], validator: ['exit 0'] });
      const place = { trigger: '/rlm/state.json', operation: 'rename', nth: 3, kill: at } as const;
      const env = faultEnvironment(place);
      expect(await repo.rlm(['--roles', 'triad'], { env })).toMatchObject({ signal: 'SIGKILL' });
      expect(await repo.calls('agent')).toBe(1);
      expect(await resume().exited).toMatchObject({ code: 0, stderr: '' });
      expect(await repo.calls('agent')).toBe(3);
      expect(await repo.prompt(1, 'critic')).toContain('words of call 1');
      expect(await repo.prompt(1, 'reviser')).toContain('words of call 2');
      const { iterations, totals } = await repo.state();
      expect(iterations).toMatchObject([
        { n: 1, calls: [{ role: 'planner' }, { role: 'critic' }, { role: 'reviser' }] },
      ]);
      expect(totals.agentCalls).toBe(3);
    },
  );
});

describe('a loop at work', () => {
  it('cannot be resumed', async () => {
    await open({ validator: ['exit 0'] }, 'agent');
    const owner = begin();
    const agent = await stages.stage('agent');
    const [runId = ''] = await repo.runIds();
    const refused = await resume('--run', runId).exited;
    expect(refused.code).toBe(75);
    expect(refused.stderr).toContain(`process ${owner.pid} on `);
    await agent.exit(0);
    expect(await owner.exited).toMatchObject({ code: 0 });
    expect(stages.startCount('agent')).toBe(1);
  });
});

describe('a loop without an owner', () => {
  it('is cancelled with what its owner left running, in manifest and state', async () => {
    await open({ validator: ['exit 0'] }, 'agent');
    const owner = begin();
    const agent = await stages.stage('agent');
    await kill(owner);
    const identity = identifyProcess(agent.pid);
    const [runId = ''] = await repo.runIds();
    const cancelled = await repo.cli(['cancel', runId]);
    expect(cancelled).toMatchObject({ code: 0, stdout: `Run ${runId} ended cancelled.\n`, stderr: '' });
    expect(probeProcess(identity)).toBe('dead');
    expect(await repo.manifest()).toMatchObject({ status: 'cancelled' });
    expect(await repo.state()).toMatchObject({
      phase: 'ended',
      final: { status: 'cancelled', exitCode: 143, reason: 'Cancelled after its owner was gone.' },
      inProgress: { n: 1 },
    });
  });
});
