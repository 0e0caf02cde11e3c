import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { type CallRig, firstThen, openCallRig } from './callRig.ts';

let rig: CallRig;

beforeEach(async () => {
  rig = await openCallRig();
});
afterEach(() => rig.close());

const USAGE = `echo '{"type":"usage","input_tokens":10,"output_tokens":1,"cost_usd":0.1}'; echo '{"type":"tool_call"}'`;
const LIMITED = `${USAGE}; echo 'error: 429 Too Many Requests' >&2; exit 1`;
const REASON = 'exit code 1: error: 429 Too Many Requests';

it('tries again after a rate limit, and sums up what all attempts used', async () => {
  const result = await rig.call(rig.command(firstThen(LIMITED, `${USAGE}; echo done`)), {
    retryDelayMs: 40,
    random: () => 0.5,
  });
  expect(result).toMatchObject({
    ended: 'done',
    failure: null,
    attempts: 2,
    exitCode: 0,
    report: { message: 'done', usage: { input: 20, output: 2 }, costUsd: 0.2, toolCalls: 2 },
  });
  expect(rig.waits).toEqual([{ reason: REASON, delayMs: 30, attempt: 1, of: 3 }]);
  expect(rig.waited[0]).toBeGreaterThanOrEqual(29);
  expect(rig.processes).toEqual(['begin', 'end', 'begin', 'end']);
  const usages = rig.news.filter(({ kind }) => kind === 'usage');
  expect(usages).toEqual([
    { kind: 'usage', tokens: 11 },
    { kind: 'usage', tokens: 22 },
  ]);
  const calls = (await rig.log()).filter(({ type }) => type === 'agent.call');
  expect(calls.map(({ attempt }) => attempt)).toEqual([1, 2]);
});

it('gives up when the retries are used up, after growing waits', async () => {
  const result = await rig.call(rig.command(LIMITED), { retryDelayMs: 4, random: () => 1 });
  expect(result).toMatchObject({
    ended: 'failed',
    attempts: 4,
    exitCode: 1,
    failure: { kind: 'transient', reason: REASON, advice: null },
    report: { usage: { input: 40 } },
  });
  expect(rig.waits.map(({ delayMs, attempt, of }) => [delayMs, attempt, of])).toEqual([
    [4, 1, 3],
    [8, 2, 3],
    [16, 3, 3],
  ]);
});

it('tries once more after a failure that it does not know', async () => {
  const failing = rig.command('echo "assertion failed" >&2; exit 70');
  await expect(rig.call(failing)).resolves.toMatchObject({
    ended: 'failed',
    attempts: 2,
    failure: { kind: 'other', reason: 'exit code 70: assertion failed' },
  });
  expect(rig.waits).toEqual([expect.objectContaining({ attempt: 1, of: 1 })]);
});

it('does not try again when that was not wanted', async () => {
  for (const text of [LIMITED, 'exit 70']) {
    await expect(rig.call(rig.command(text), { retries: 0 })).resolves.toMatchObject({
      ended: 'failed',
      attempts: 1,
    });
  }
  expect(rig.waits).toEqual([]);
});

it('does not try again when credentials are refused or the program is missing', async () => {
  const refused = rig.command('echo "error: 401 Unauthorized" >&2; exit 1');
  await expect(rig.call(refused)).resolves.toMatchObject({
    attempts: 1,
    failure: { kind: 'authentication' },
  });

  const mistyped = rig.command('no-such-agent --now');
  const { attempts, failure } = await rig.call(mistyped);
  expect(attempts).toBe(1);
  expect(failure).toMatchObject({
    kind: 'missing',
    advice: 'Check the command of the agent, and PATH. Another agent can be chosen with --agent.',
  });
  expect(failure?.reason).toMatch(/^exit code 127: .*no-such-agent: .*not found$/);

  const missing = rig.claude('');
  await expect(rig.call(missing, { env: { PATH: '/nowhere' } })).resolves.toMatchObject({
    ended: 'failed',
    attempts: 1,
    exitCode: null,
    failure: { kind: 'missing', reason: 'command not found: claude' },
  });
  expect((await rig.log()).at(-1)).toMatchObject({
    ended: 'not-started',
    error: 'command not found: claude',
  });
  expect(rig.waits).toEqual([]);
});

it('waits no longer than there is time, and is over then', async () => {
  const left = [60_000];
  const result = await rig.call(rig.command(LIMITED), {
    retryDelayMs: 60_000,
    random: () => 1,
    timeLeftMs: () => left.shift() ?? 0,
    waitLeftMs: () => 5,
  });
  expect(result).toMatchObject({ ended: 'timed-out', attempts: 1, failure: { kind: 'transient' } });
  expect(rig.waits).toMatchObject([{ delayMs: 5, attempt: 1 }]);
});

it('does not begin an attempt when the time is over', async () => {
  const left = [60_000, 0];
  const result = await rig.call(rig.command(LIMITED), { timeLeftMs: () => left.shift() ?? 0 });
  expect(result).toMatchObject({ ended: 'timed-out', attempts: 1 });
});

it('counts the tokens of failed attempts', async () => {
  const over = await rig.call(rig.command(firstThen(LIMITED, `${USAGE}; exec sleep 600`)), { maxTokens: 21 });
  expect(over).toMatchObject({ ended: 'out-of-tokens', attempts: 2, report: { usage: { input: 20 } } });
  // The second time, the file that makes it the first one is there.
  const again = await rig.call(rig.command(`${USAGE}; ${LIMITED}`), { maxTokens: 15 });
  expect(again).toMatchObject({ attempts: 1, ended: 'out-of-tokens' });
});

it('stops waiting at once when cancelled', async () => {
  const calling = rig.call(rig.command(LIMITED), { retryDelayMs: 60_000 });
  await eventually(() => rig.waits.length === 1);
  rig.cancel.abort('SIGINT');
  const result = await calling;
  expect(result).toMatchObject({ ended: 'cancelled', attempts: 1 });
  expect(rig.waited[0]).toBeLessThan(20_000);
});
