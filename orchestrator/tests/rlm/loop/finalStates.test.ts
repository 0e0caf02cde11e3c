import { afterEach, describe, expect, it } from 'vitest';
import type { LoopFinal } from '../../../src/rlm/loop/loopState.ts';
import { expectEnd, makeLoopRepo, type LoopRepo, type LoopRepoContent } from './loopRig.ts';

let repo: LoopRepo;

afterEach(() => repo.cleanup());

interface Case extends LoopFinal {
  name: string;
  content?: LoopRepoContent;
  args?: string[];
  env?: Record<string, string | undefined>;
  iterations: number;
}

const MOVING = 'echo "$n" > work';
const FOUND = { 'package.json': { packageManager: 'pnpm@8.1.0' }, 'pyproject.toml': '' };
const TOKENS = `${MOVING}; echo '{"type":"usage","input_tokens":700,"output_tokens":300}'`;

const CASES: Case[] = [
  {
    name: 'passed: the validator passes',
    content: { agent: [MOVING], validator: ['exit 1', 'exit 0'] },
    args: ['--max-iterations', '5'],
    status: 'passed',
    exitCode: 0,
    reason: 'Goal reached: the validator passed in iteration 2 of 5.',
    iterations: 2,
  },
  {
    name: 'budget_complete: all iterations, no validator',
    args: ['--validator', 'NONE', '--max-iterations', '2'],
    status: 'budget_complete',
    exitCode: 0,
    reason: 'Stopped: 2 of 2 iterations used. There was no validator, so nothing proves the goal.',
    iterations: 2,
  },
  {
    name: 'budget_complete: all tokens, no validator',
    content: { agent: [TOKENS] },
    args: ['--validator', 'none', '--max-iterations', '0', '--max-tokens', '2000'],
    status: 'budget_complete',
    exitCode: 0,
    reason:
      'Stopped: 2,000 of 2,000 tokens used in iteration 2. There was no validator, so nothing proves the goal.',
    iterations: 2,
  },
  {
    name: 'no_validator: nothing found',
    env: { RLM_VALIDATOR: undefined },
    status: 'no_validator',
    exitCode: 2,
    reason:
      'Not started: nothing in this repository says how to validate it. ' +
      'Choose with --validator "<command>", or --validator none to go without.',
    iterations: 0,
  },
  {
    name: 'no_validator: a script that may be it',
    content: { files: { 'package.json': { scripts: { test: 'node --test' } } } },
    env: { RLM_VALIDATOR: undefined },
    status: 'no_validator',
    exitCode: 2,
    reason:
      'Not started: nothing in this repository says how to validate it, but package.json has a test script: ' +
      'try --validator "npm test", or --validator none to go without.',
    iterations: 0,
  },
  {
    name: 'no_validator: several found',
    content: { files: FOUND },
    args: ['--validator', ' Auto '],
    status: 'no_validator',
    exitCode: 2,
    reason:
      'Not started: several commands could validate it: pnpm test, python -m pytest. ' +
      'Choose with --validator "<command>", or --validator none to go without.',
    iterations: 0,
  },
  {
    name: 'max_iterations: the validator fails at the cap',
    args: ['--max-iterations', '2'],
    status: 'max_iterations',
    exitCode: 3,
    reason: 'Goal not reached: 2 of 2 iterations used, the validator still fails (exit code 1).',
    iterations: 2,
  },
  {
    name: 'max_minutes: no time for one iteration',
    args: ['--max-minutes', '0.00001'],
    status: 'max_minutes',
    exitCode: 3,
    reason:
      'Goal not reached: the time of 1 ms is used up before the first iteration, the validator has not run.',
    iterations: 0,
  },
  {
    name: 'max_tokens: the validator fails when the tokens are used',
    content: { agent: [TOKENS], validator: ['exit 7'] },
    args: ['--max-tokens', '2000'],
    status: 'max_tokens',
    exitCode: 3,
    reason:
      'Goal not reached: 2,000 of 2,000 tokens used in iteration 2 of 88, the validator still fails (exit code 7).',
    iterations: 2,
  },
  {
    name: 'no_progress: same files, same failure',
    status: 'no_progress',
    exitCode: 3,
    reason:
      'Goal not reached: no progress in iteration 3 of 88 (files and failure were the same 3 times), ' +
      'the validator still fails (exit code 1).',
    iterations: 3,
  },
  {
    name: 'error: the validator is not there, which can be seen before the agent is called',
    args: ['--validator', 'no-such-validator --all'],
    status: 'error',
    exitCode: 4,
    reason:
      'Failed before the first iteration: the validator could not be started: no-such-validator --all. ' +
      'Check the command of --validator.',
    iterations: 0,
  },
  {
    name: 'error: the shell says that the validator is not there',
    args: ['--validator', 'true && no-such-validator'],
    status: 'error',
    exitCode: 4,
    reason:
      'Failed in iteration 1 of 88: the validator could not be started: true && no-such-validator. ' +
      'Check the command of --validator.',
    iterations: 1,
  },
  {
    name: 'error: the agent fails',
    content: { agent: ['echo "it broke" >&2; exit 9'] },
    status: 'error',
    exitCode: 10,
    reason: 'Failed in iteration 1 of 88: agent: exit code 9: it broke.',
    iterations: 0,
  },
  {
    name: 'invalid_config: nothing is sure to end it',
    // An agent need not tell what it uses.
    args: '--validator none --max-iterations unlimited --max-minutes 0 --max-tokens 9'.split(' '),
    status: 'invalid_config',
    exitCode: 5,
    reason:
      'Not started: The loop would never end: it has no validator and no limit of iterations or minutes. ' +
      'Give --validator, --max-iterations or --max-minutes.',
    iterations: 0,
  },
];

describe('the end of a loop is the same on the terminal, in the state, in the manifest and as exit code', () => {
  it.each(CASES)('$name', async ({ content, args, env = {}, iterations, status, exitCode, reason }) => {
    repo = await makeLoopRepo(content);
    const result = await repo.rlm(args, { env });
    const state = await expectEnd(repo, result, { status, exitCode, reason });
    expect(state.iterations).toHaveLength(iterations);
    expect(result.stdout.includes('Goal reached')).toBe(status === 'passed');
  });
});

it('ends at once when the agent is not there, and says what to do', async () => {
  repo = await makeLoopRepo();
  const result = await repo.rlm(['--agent-command', 'no-such-agent --fast'], {
    // Retries would be waited for.
    env: { RLM_AGENT_RETRY_SECONDS: '3600' },
  });
  const { final, totals } = await repo.state();
  const { reason = '' } = final ?? {};
  // How a shell says it differs between shells.
  expect(reason).toMatch(
    /^Failed in iteration 1 of 88: no-such-agent: exit code 127: .*no-such-agent.*not found\. Check the command of the agent, and PATH\. Another agent can be chosen with --agent\.$/,
  );
  await expectEnd(repo, result, { status: 'error', exitCode: 10, reason });
  expect(totals.agentCalls).toBe(1);
});

it.each([
  ['codex', 'Install it with `npm install --global @openai/codex`.'],
  ['claude', 'Install it with `npm install --global @anthropic-ai/claude-code`.'],
])('says how to install %s where it is missing', async (agent, advice) => {
  repo = await makeLoopRepo();
  const result = await repo.rlm(['--agent', agent], { env: { PATH: repo.root } });
  await expectEnd(repo, result, {
    status: 'error',
    exitCode: 10,
    reason: `Failed in iteration 1 of 88: ${agent}: command not found: ${agent}. ${advice} Another agent can be chosen with --agent.`,
  });
  expect(await repo.calls('validator')).toBe(0);
});

it('runs until the validator passes when iterations and time have no limit', async () => {
  repo = await makeLoopRepo({ agent: [MOVING], validator: ['exit 1', 'exit 1', 'exit 1', 'exit 0'] });
  const result = await repo.rlm(['--max-iterations', 'Infinite', '--max-minutes', '0']);
  const state = await expectEnd(repo, result, {
    status: 'passed',
    exitCode: 0,
    reason: 'Goal reached: the validator passed in iteration 4.',
  });
  expect(state).toMatchObject({ maxIterations: 0, maxMinutes: null });
});

it('detects the validator and says why', async () => {
  const tool = 'PATH="$PWD/bin:$PATH"; export PATH';
  repo = await makeLoopRepo({
    agent: [`mkdir bin; printf '#!/bin/sh\\n[ "$1" = test ]' > bin/pnpm; chmod +x bin/pnpm; ${tool}`],
    files: { 'package.json': { packageManager: 'pnpm@8.1.0' } },
  });
  const env = { RLM_VALIDATOR: undefined, PATH: `${repo.root}/bin:${process.env['PATH']}` };
  const result = await repo.rlm([], { env });
  expect(result.stdout).toContain('  Validator: pnpm test (node: packageManager=pnpm@8.1.0)\n');
  await expectEnd(repo, result, {
    status: 'passed',
    exitCode: 0,
    reason: 'Goal reached: the validator passed in iteration 1 of 88.',
  });
});
