import { chmod } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { identifyProcess } from '../../../src/storage/processIdentity.ts';
import { readJsonLinesFile } from '../../support/jsonLinesFile.ts';
import { validateMetricsEntry } from '../../support/metricsEntrySchema.ts';
import { expectEnd, expectGone, hang, HANG, makeLoopRepo, type LoopRepo } from './loopRig.ts';

let repo: LoopRepo;

afterEach(() => repo.cleanup());

const RATE_LIMIT = 'echo "Error: 429 Too Many Requests" >&2; exit 1';
const USED = `echo '{"type":"usage","input_tokens":1000,"output_tokens":200,"cost_usd":0.5}'`;
const CALLED = `echo '{"type":"tool_call","name":"edit"}'`;
const PASSED_FIRST = {
  status: 'passed' as const,
  exitCode: 0,
  reason: 'Goal reached: the validator passed in iteration 1 of 88.',
};

describe('a call of the agent that fails', () => {
  it('for a rate limit is tried again, and is one call of the iteration', async () => {
    repo = await makeLoopRepo({
      agent: [RATE_LIMIT, RATE_LIMIT, 'echo Summary: done'],
      validator: ['exit 0'],
    });
    const result = await repo.rlm();
    const state = await expectEnd(repo, result, PASSED_FIRST);
    expect(state.totals.agentCalls).toBe(3);
    expect(state.iterations[0]?.calls).toMatchObject([{ attempts: 3, exitCode: 0 }]);
    expect(result.stdout).toMatch(
      /^ {4}agent: exit code 1: Error: 429 Too Many Requests; trying again in \d+ ms \(attempt 3 of 6\)$/m,
    );
  });

  it('for a rate limit as often as is allowed ends the loop', async () => {
    repo = await makeLoopRepo({ agent: [RATE_LIMIT] });
    const result = await repo.rlm([], { env: { RLM_AGENT_RETRIES: '2' } });
    const state = await expectEnd(repo, result, {
      status: 'error',
      exitCode: 10,
      reason: 'Failed in iteration 1 of 88: agent: exit code 1: Error: 429 Too Many Requests.',
    });
    expect(await repo.calls('agent')).toBe(3);
    expect(state).toMatchObject({ iterations: [], totals: { agentCalls: 3 } });
  });

  it('for no known reason is tried once more', async () => {
    repo = await makeLoopRepo({ agent: ['exit 3', ':'], validator: ['exit 0'] });
    await expectEnd(repo, await repo.rlm(), PASSED_FIRST);
    expect(await repo.calls('agent')).toBe(2);
  });

  it('for missing credentials is not tried again', async () => {
    repo = await makeLoopRepo({ agent: ['echo "401 Unauthorized" >&2; exit 1'] });
    await expectEnd(repo, await repo.rlm(), {
      status: 'error',
      exitCode: 10,
      reason: 'Failed in iteration 1 of 88: agent: exit code 1: 401 Unauthorized.',
    });
    expect(await repo.calls('agent')).toBe(1);
  });

  it('in a later iteration keeps the iterations before it', async () => {
    repo = await makeLoopRepo({ agent: ['echo Summary: first', 'exit 3'] });
    const state = await expectEnd(repo, await repo.rlm(), {
      status: 'error',
      exitCode: 10,
      reason: 'Failed in iteration 2 of 88: agent: exit code 3.',
    });
    expect(state.iterations).toMatchObject([{ n: 1, summary: 'first', validatorExitCode: 1 }]);
  });
});

describe('an agent that has answered', () => {
  it('but does not exit is ended, and its answer counts', async () => {
    const events = [
      '{"type":"thread.started","thread_id":"t-1"}',
      '{"type":"item.completed","item":{"id":"1","type":"agent_message","text":"Summary: made it"}}',
      '{"type":"turn.completed","usage":{"input_tokens":90,"output_tokens":10}}',
    ];
    const script = ['#!/bin/sh', 'cat > /dev/null', ...events.map((event) => `echo '${event}'`), HANG];
    repo = await makeLoopRepo({ validator: ['exit 0'], files: { 'bin/codex': `${script.join('\n')}\n` } });
    await chmod(repo.path('bin/codex'), 0o755);
    const env = { PATH: `${repo.path('bin')}:${process.env['PATH']}` };
    const running = repo.startRlm(['--agent', 'codex', '--grace', '0.1'], { env });
    const state = await expectEnd(repo, await running.exited, PASSED_FIRST);
    expect(state.iterations).toMatchObject([
      { summary: 'made it', agentEnded: 'exited', calls: [{ threadId: 't-1', attempts: 1, input: 90 }] },
    ]);
    const pids = (await repo.read('bin/codex-pids')).trim().split(' ');
    expectGone(pids.map((pid) => identifyProcess(Number(pid))));
  });
});

it('a process that the agent leaves running does not hold the loop up', async () => {
  repo = await makeLoopRepo({ agent: ['sleep 1000 & echo $! > "$0-pids"'], validator: ['exit 0'] });
  const state = await expectEnd(repo, await repo.rlm(), PASSED_FIRST);
  expect(state.iterations).toMatchObject([{ agentEnded: 'exited' }]);
  for (const { pid } of await repo.hanging('agent')) process.kill(pid);
});

describe('tokens', () => {
  it('beyond the limit end the agent in the middle of its work; the validator still judges', async () => {
    repo = await makeLoopRepo({ agent: [hang(USED)] });
    const running = repo.startRlm(['--max-tokens', '1000']);
    const processes = await repo.hanging('agent');
    const result = await running.exited;
    const state = await expectEnd(repo, result, {
      status: 'max_tokens',
      exitCode: 3,
      reason:
        'Goal not reached: 1,200 of 1,000 tokens used in iteration 1 of 88, the validator still fails (exit code 1).',
    });
    expectGone(processes);
    expect(result.stdout).toMatch(/^ {4}agent: ended after .*, 1,200 tokens, no tokens were left$/m);
    expect(state.iterations).toMatchObject([{ agentEnded: 'out-of-tokens', validatorExitCode: 1 }]);
  });

  it('are counted with tools, cost and time in the metrics of the run', async () => {
    repo = await makeLoopRepo({
      agent: [`${USED}; ${CALLED}; echo 1 > work`, `${USED}; ${CALLED}; ${CALLED}`],
      validator: ['exit 1', 'exit 0'],
    });
    const result = await repo.rlm();
    expect(result.code).toBe(0);
    expect(result.stdout).toMatch(/^ {4}agent: answered after .*, 2 tool calls, 1,200 tokens$/m);
    const { totals } = await repo.state();
    expect(totals).toMatchObject({ input: 2000, output: 400, costUsd: 1, toolCalls: 3, agentCalls: 2 });
    const { lines } = await readJsonLinesFile(repo.path('.runs/0101/metrics.json'));
    const [entry] = lines;
    expect(validateMetricsEntry(entry)).toEqual([]);
    expect(entry).toMatchObject({
      token_total: 2400,
      tool_calls: 3,
      cost_usd: 1,
      latency_ms: totals.agentMs + totals.validatorMs,
      tool_stats: [
        { tool: 'command', tokens: 2400, cost_usd: 1, attempts: 2, status: 'succeeded' },
        { tool: 'validator', tokens: 0, attempts: 2, status: 'succeeded' },
      ],
    });
    expect(totals.agentMs).toBeGreaterThan(0);
  });
});

describe('triad', () => {
  it('makes no further call when the tokens are used up', async () => {
    repo = await makeLoopRepo({ agent: [`cat >/dev/null; ${USED}`] });
    const result = await repo.rlm(['--roles', 'triad', '--max-tokens', '1200']);
    const state = await expectEnd(repo, result, {
      status: 'max_tokens',
      exitCode: 3,
      reason:
        'Goal not reached: 1,200 of 1,200 tokens used in iteration 1 of 88, the validator still fails (exit code 1).',
    });
    expect(await repo.calls('agent')).toBe(1);
    expect(state.iterations).toMatchObject([{ agentEnded: 'out-of-tokens', calls: [{ role: 'planner' }] }]);
  });

  it('calls planner, critic and reviser, and hands on what they said', async () => {
    repo = await makeLoopRepo({
      agent: ['echo PLAN-OF-IT', 'echo CRITIQUE-OF-IT', 'echo Summary: revised; echo Next: nothing'],
      validator: ['exit 0'],
    });
    const state = await expectEnd(repo, await repo.rlm(['--roles', 'Triad']), PASSED_FIRST);
    const [planner, critic, reviser] = [await repo.input(1), await repo.input(2), await repo.input(3)];
    expect(await repo.prompt(1, 'planner')).toBe(planner);
    expect(await repo.prompt(1, 'critic')).toBe(critic);
    expect(await repo.prompt(1, 'reviser')).toBe(reviser);
    expect(planner).not.toContain('PLAN-OF-IT');
    expect(critic).toContain('PLAN-OF-IT');
    expect(reviser).toContain('PLAN-OF-IT');
    expect(reviser).toContain('CRITIQUE-OF-IT');
    expect(state.iterations).toMatchObject([
      {
        summary: 'revised',
        next: 'nothing',
        calls: [{ role: 'planner' }, { role: 'critic' }, { role: 'reviser' }],
      },
    ]);
    expect(await repo.calls('validator')).toBe(1);
  });
});
