import { readdir, stat } from 'node:fs/promises';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { runCli } from '../support/runCli.ts';
import { cut, endless, patches, refuses, runs, says, together } from './answers.ts';
import { type CodexRig, createCodexRig, FIX, TEST_COMMAND } from './codexRig.ts';
import { installCodex, INSTALL_TIMEOUT_MS } from './installCodex.ts';
import { isCodexRunning, loopState, runLoop, startLoop, TASK } from './loopRig.ts';
import type { ScriptStep } from './responsesServer.ts';

beforeAll(async () => void (await installCodex()), INSTALL_TIMEOUT_MS);

let rig: CodexRig;

afterEach(() => rig.close());

async function script(...steps: ScriptStep[]): Promise<CodexRig> {
  rig = await createCodexRig(steps);
  return rig;
}

const LOOKED = says('I have looked.\nSummary: looked around\nNext: turn the minus into a plus');
const FIXED = says('Fixed.\nSummary: add adds\nNext: nothing');

describe('the loop with the real Codex', () => {
  test('goes on until the test passes', async () => {
    const { server, repo } = await script(LOOKED, runs(TEST_COMMAND), patches(...FIX), FIXED);
    const { code, stdout, state } = await runLoop(rig);

    expect(code).toBe(0);
    expect(stdout).toContain('Goal reached: the validator passed in iteration 2 of 88.');
    expect(await repo.read('add.mjs')).toContain('return a + b;');
    expect(state.final).toMatchObject({ status: 'passed', exitCode: 0 });
    expect(state.iterations).toMatchObject([
      { n: 1, summary: 'looked around', next: 'turn the minus into a plus', validatorExitCode: 1 },
      { n: 2, summary: 'add adds', next: 'nothing', validatorExitCode: 0 },
    ]);
    expect(state.totals).toMatchObject({
      input: 4000,
      cached: 1600,
      output: 200,
      reasoning: 80,
      toolCalls: 2,
    });

    const [first, second] = [server.requests[0]?.prompt ?? '', server.requests[1]?.prompt ?? ''];
    expect(first).toContain('Make add add.');
    expect(second).toContain('turn the minus into a plus');
    expect(second).toContain('not ok 1 - adds');
  });

  test('is the same by start rlm', async () => {
    const { repo, env, agentArgs } = await script(patches(...FIX), FIXED);
    const { code, stdout } = await runCli(['start', 'rlm', '--task', TASK], {
      cwd: repo.root,
      env: {
        ...env,
        RLM_GOAL: 'Make add add.',
        RLM_VALIDATOR: TEST_COMMAND,
        RLM_AGENT_ARGS: JSON.stringify(agentArgs),
      },
    });
    expect(code).toBe(0);
    expect(stdout).toContain('Goal reached: the validator passed in iteration 1 of 88.');
    expect((await loopState(rig)).final).toMatchObject({ status: 'passed', exitCode: 0 });
  });

  test('gives it a goal of 10 MB', async () => {
    const { repo, server } = await script(
      ({ prompt }) => runs(`tail -c 14 '${/\S+goal\.md/.exec(prompt)?.[0]}'`),
      patches(...FIX),
      FIXED,
    );
    const goal = await repo.write('goal.txt', `${'x'.repeat(10_000_000)} Make add add.`);
    const { code } = await runLoop(rig, ['--goal-file', goal]);
    expect(code).toBe(0);
    expect(server.requests[1]?.toolOutputs[0]).toContain(' Make add add.');
  });

  test('makes three calls of one iteration with three roles', async () => {
    const { server } = await script(
      runs("echo 'thought' > plan.txt || true"),
      says('Turn the minus into a plus.'),
      says('Yes, but nothing else.'),
      patches(...FIX),
      FIXED,
    );
    const { code, state } = await runLoop(rig, ['--roles', 'triad']);
    expect(code).toBe(0);
    const calls = state.iterations[0]?.calls ?? [];
    expect(calls.map(({ role }) => role)).toEqual(['planner', 'critic', 'reviser']);
    expect(new Set(calls.map(({ threadId }) => threadId)).size).toBe(3);
    expect(server.requests[2]?.prompt).toContain('Turn the minus into a plus.');
    expect(server.requests[3]?.prompt).toContain('Yes, but nothing else.');
    // Its planner may only write where there is no sandbox.
    expect((await readdir(rig.repo.root)).includes('plan.txt')).toBe(!rig.hasSandbox);
  });

  test('goes on after a rate limit, an error of the server and a stream that breaks off', async () => {
    await script(
      refuses(429, 'slow down', { 'retry-after': '1' }),
      refuses(500, 'out of order'),
      patches(...FIX),
      cut(says('I have')),
      FIXED,
    );
    const { code, stdout, state } = await runLoop(rig);
    expect(code).toBe(0);
    expect(state.iterations).toMatchObject([{ n: 1, calls: [{ attempts: 4, toolCalls: 1 }] }]);
    expect(state.totals.agentCalls).toBe(4);
    expect(stdout).toContain('429 Too Many Requests');
  });

  test('stops at once when the login is refused, and says what to do', async () => {
    const { server } = await script(refuses(401, 'Incorrect API key provided'));
    const { code, stdout, state } = await runLoop(rig);
    expect(code).toBe(10);
    expect(server.requests).toHaveLength(1);
    expect(state.final).toMatchObject({ status: 'error', exitCode: 10 });
    expect(stdout).toContain('unexpected status 401 Unauthorized: Incorrect API key provided');
    expect(stdout).toContain('Log in with `codex login`, or set CODEX_API_KEY to an API key of OpenAI.');
  });

  test('ends an answer that never ends at the time limit of the iteration', async () => {
    await script(endless(says('Well,')), patches(...FIX), FIXED);
    const { code, state } = await runLoop(rig, ['--iteration-minutes', '0.03']);
    expect(code).toBe(0);
    expect(state.iterations).toMatchObject([
      { agentEnded: 'timed-out', validatorExitCode: 1 },
      { agentEnded: 'exited', validatorExitCode: 0 },
    ]);
  });

  test('keeps 50 MB of events in its log', async () => {
    const loud = together(...Array.from({ length: 50 }, () => says('x'.repeat(1_000_000))));
    await script(loud);
    const { code, state } = await runLoop(rig, ['--max-iterations', '1']);
    expect(code).toBe(3);
    expect(state.final).toMatchObject({ status: 'max_iterations', exitCode: 3 });
    const log = await stat(rig.repo.path(state.iterations[0]?.agentLogPath ?? ''));
    expect(log.size).toBeGreaterThan(50_000_000);
  });
});

describe('a Codex that edits the test instead of the code', () => {
  const CHEAT = [
    '*** Update File: add.test.mjs',
    '@@',
    "-import { add } from './add.mjs';",
    '+const add = () => 5;',
  ];
  const NAMED = ['--validator', `${TEST_COMMAND} add.test.mjs`];

  test('is flagged', async () => {
    await script(patches(...CHEAT), FIXED);
    const { code, stdout, state } = await runLoop(rig, NAMED);
    expect(code).toBe(0);
    expect(state.validatorFilesChanged).toEqual(['add.test.mjs']);
    expect(stdout).toContain('Validator passed, but files it depends on changed: add.test.mjs');
  });

  test('has not reached the goal when the test is protected', async () => {
    await script(patches(...CHEAT), FIXED);
    const { code, state } = await runLoop(rig, [
      ...NAMED,
      '--protect',
      '*.test.mjs',
      '--max-iterations',
      '1',
    ]);
    expect(code).toBe(3);
    expect(state.final?.status).toBe('max_iterations');
    expect(state.protectedFilesChanged).toEqual(['add.test.mjs']);
  });
});

describe('a loop that is interrupted', () => {
  test('goes on where it was killed, with Codex at work', async () => {
    const { repo, server } = await script(LOOKED, endless(says('I begin')), patches(...FIX), FIXED);
    const loop = startLoop(rig);
    await eventually(() => server.requests.length === 2);
    loop.kill('SIGKILL');
    expect((await loop.exited).signal).toBe('SIGKILL');
    const killed = await loopState(rig);
    expect(killed.final).toBeUndefined();
    expect(killed.inProgress?.n).toBe(2);
    expect(isCodexRunning(rig)).toBe(true);

    const [runId = ''] = await repo.runIds(TASK);
    const resumed = await runCli(['resume', '--run', runId], { cwd: repo.root, env: rig.env });
    expect(resumed).toMatchObject({ code: 0 });
    const state = await loopState(rig);
    expect(state.final?.status).toBe('passed');
    expect(state.iterations.map(({ n, summary }) => [n, summary])).toEqual([
      [1, 'looked around'],
      [2, 'add adds'],
    ]);
    expect(isCodexRunning(rig)).toBe(false);
  });

  test('by Ctrl-C ends Codex and says so', async () => {
    const { server } = await script(endless(says('I begin')));
    const loop = startLoop(rig);
    await eventually(() => server.requests.length === 1);
    loop.kill('SIGINT');
    expect((await loop.exited).code).toBe(130);
    expect(isCodexRunning(rig)).toBe(false);
    expect((await loopState(rig)).final).toMatchObject({ status: 'cancelled', exitCode: 130 });
  });
});
