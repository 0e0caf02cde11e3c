import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentLog } from '../../../src/rlm/agents/agentLog.ts';
import { identifyProcess, probeProcess } from '../../../src/storage/processIdentity.ts';
import { eventually } from '../../support/eventually.ts';
import { type CallRig, openCallRig } from './callRig.ts';

let rig: CallRig;

beforeEach(async () => {
  rig = await openCallRig();
});
afterEach(() => rig.close());

const RESULT =
  '{"type":"result","subtype":"success","is_error":false,"result":"All done.","session_id":"s-1","total_cost_usd":0.5,"usage":{"input_tokens":30,"output_tokens":12}}';
const FAILED =
  '{"type":"result","subtype":"success","is_error":true,"api_error_status":401,"result":"Please run /login"}';

describe('a call', () => {
  it('gives the agent its prompt, and tells what it did and what it cost', async () => {
    const script = `read line; echo '{"type":"assistant","message":{"content":[{"type":"text","text":"I got '"$line"'"}]}}'\necho '${RESULT}'`;
    const result = await rig.call(rig.claude(script));
    expect(result).toEqual({
      durationMs: result.durationMs,
      ended: 'done',
      failure: null,
      attempts: 1,
      exitCode: 0,
      report: {
        threadId: 's-1',
        message: 'All done.',
        usage: { input: 30, cached: 0, output: 12, reasoning: 0 },
        costUsd: 0.5,
        toolCalls: 0,
        answered: true,
        failure: null,
      },
    });
    expect(result.durationMs).toBeGreaterThan(0);
    expect(rig.news).toContainEqual({ kind: 'action', text: 'I got the prompt' });
    expect(rig.news).toContainEqual({ kind: 'usage', tokens: 42 });
    expect(rig.processes).toEqual(['begin', 'end']);
    const [begin, , , end] = await rig.log();
    expect(begin).toMatchObject({ type: 'agent.call', iteration: 1, role: 'agent', attempt: 1 });
    expect(begin?.['command']).toEqual(expect.arrayContaining(['claude', '-p', 'stream-json']));
    expect(end).toMatchObject({ type: 'agent.exit', exit_code: 0, signal: null, ended: 'exited' });
  });

  it('hands over a prompt of 10 MB, whether it is read or not', async () => {
    const promptFile = path.join(rig.folder, 'long.md');
    writeFileSync(promptFile, 'p'.repeat(10_000_000));
    const counted = await rig.call(rig.command('wc -c'), { promptFile });
    expect(counted).toMatchObject({ ended: 'done', report: { message: '10000000' } });
    await expect(rig.call(rig.command('echo no'), { promptFile })).resolves.toMatchObject({ ended: 'done' });
  });

  it('keeps in the log what it does not understand, and goes on', async () => {
    const script = `echo 'Loading…'; echo '{"type":"brand.new","n":1}'; echo oops >&2; echo '${RESULT}'; printf '{"type":"to'`;
    await expect(rig.call(rig.claude(script))).resolves.toMatchObject({ ended: 'done' });
    const log = await rig.log();
    expect(log).toContainEqual({ type: 'agent.output', stream: 'stdout', text: 'Loading…' });
    expect(log).toContainEqual({ type: 'brand.new', n: 1 });
    expect(log).toContainEqual({ type: 'agent.output', stream: 'stderr', text: 'oops' });
    expect(log).toContainEqual({ type: 'agent.output', stream: 'stdout', text: '{"type":"to' });
  });

  it('may print 200 MB, of which little stays in memory', async () => {
    const before = process.memoryUsage.rss();
    let most = before;
    const timer = setInterval(() => {
      most = Math.max(most, process.memoryUsage.rss());
    }, 20);
    const text =
      "yes 'a line of about forty characters, as usual' | head -c 200000000; echo; echo 'Summary: much'";
    const result = await rig.call(rig.command(text));
    clearInterval(timer);
    expect(result.report.message).toMatch(/forty characters, as usual\n.*\nSummary: much$/);
    expect(most - before).toBeLessThan(150_000_000);
    // News is told when there is time for it, not for every line.
    expect(rig.news.length).toBeLessThan(20_000);
  }, 60_000);

  it('cannot begin without its prompt', async () => {
    const promptFile = path.join(rig.folder, 'missing.md');
    await expect(rig.call(rig.command('cat'), { promptFile })).rejects.toMatchObject({ code: 'ENOENT' });
    expect(rig.processes).toEqual([]);
  });
});

describe('an agent that has answered', () => {
  it('and does not exit is ended after a grace, and is done', async () => {
    const calling = rig.call(rig.claude(`exec ${rig.server.command('agent')}`), { answerGraceMs: 50 });
    const agent = await rig.server.stage('agent');
    await agent.stdout(`${RESULT}\n`);
    await expect(calling).resolves.toMatchObject({ ended: 'done', attempts: 1, exitCode: null });
    await agent.ended;
    expect(rig.news.at(-1)).toEqual({ kind: 'answered' });
    expect((await rig.log()).at(-1)).toMatchObject({ signal: 'SIGTERM', ended: 'answered' });
  });

  it('with a failure and does not exit has failed', async () => {
    const calling = rig.call(rig.claude(`exec ${rig.server.command('agent')}`), { answerGraceMs: 50 });
    const agent = await rig.server.stage('agent');
    await agent.stdout(`${FAILED}\n`);
    await expect(calling).resolves.toMatchObject({
      ended: 'failed',
      attempts: 1,
      failure: { kind: 'authentication', reason: 'Please run /login (HTTP 401)' },
    });
  });

  it('is done even if the time is over before it exits', async () => {
    const hanging = rig.claude(`echo '${RESULT}'; exec sleep 600`);
    await expect(rig.call(hanging, { timeLeftMs: () => 1500 })).resolves.toMatchObject({
      ended: 'done',
      exitCode: null,
    });
    expect((await rig.log()).at(-1)).toMatchObject({ ended: 'timed-out' });
  });
});

describe('an agent that is ended in the middle of its work', () => {
  it('because the time is over: with everything that it started', async () => {
    const text = `echo '{"type":"usage","input_tokens":7}'; echo working
      setsid sh -c 'echo $$ > far; exec sleep 600' & sleep 600; echo never`;
    await expect(rig.call(rig.command(text), { timeLeftMs: () => 1500 })).resolves.toMatchObject({
      ended: 'timed-out',
      failure: null,
      attempts: 1,
      exitCode: null,
      report: { message: 'working', usage: { input: 7 } },
    });
    const far = identifyProcess(Number(readFileSync(path.join(rig.folder, 'far'), 'utf8')));
    expect(probeProcess(far)).toBe('dead');
    expect((await rig.log()).at(-1)).toMatchObject({ ended: 'timed-out' });
  });

  it('because it has used up its tokens', async () => {
    const calling = rig.call(rig.command(`exec ${rig.server.command('agent')}`), { maxTokens: 100 });
    const agent = await rig.server.stage('agent');
    await agent.stdout('{"type":"usage","input_tokens":60,"output_tokens":40}\n');
    await eventually(() => rig.news.length > 0);
    // It may be ended before it can say that it has printed.
    agent.stdout('{"type":"usage","output_tokens":1}\n').catch(() => {});
    await expect(calling).resolves.toMatchObject({ ended: 'out-of-tokens', failure: null });
    expect(rig.news).toEqual([
      { kind: 'usage', tokens: 100 },
      { kind: 'usage', tokens: 101 },
    ]);
    expect((await rig.log()).at(-1)).toMatchObject({ ended: 'out-of-tokens', signal: 'SIGTERM' });
  });

  it('because of a cancellation', async () => {
    const calling = rig.call(rig.command(`exec ${rig.server.command('agent')}`));
    const agent = await rig.server.stage('agent');
    await agent.trap('SIGTERM');
    rig.cancel.abort('SIGINT');
    await agent.signalled('SIGTERM');
    rig.force.abort();
    await expect(calling).resolves.toMatchObject({ ended: 'cancelled', failure: null, attempts: 1 });
  });

  it('because its log can no longer be written', async () => {
    const log = AgentLog.open({ path: path.join(rig.folder, 'log'), output: 'text' });
    const calling = rig.call(rig.command(`exec ${rig.server.command('agent')}`), { log });
    const agent = await rig.server.stage('agent');
    log.onError?.(Object.assign(new Error('i/o error'), { code: 'EIO' }));
    await expect(calling).rejects.toMatchObject({ code: 'EIO' });
    await agent.ended;
    expect(rig.processes).toEqual(['begin', 'end']);
    await log.close();
  });

  it.skipIf(!existsSync('/dev/full'))('before it began, because the disk is full', async () => {
    const log = AgentLog.open({ path: '/dev/full', output: 'text' });
    await expect(rig.call(rig.command('exec yes'), { log })).rejects.toMatchObject({ code: 'ENOSPC' });
    await expect(log.close()).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(rig.processes).toEqual([]);
  });

  it.each(['onProcess', 'onNews'])('because %s failed', async (name) => {
    const fail = (): never => {
      throw new Error('no space for the state');
    };
    const calling = rig.call(rig.command('echo x; exec sleep 600'), {
      [name]: (event: { kind: string }) => event.kind === 'end' || fail(),
    });
    await expect(calling).rejects.toThrow('no space for the state');
  });

  it('before it began', async () => {
    await expect(rig.call(rig.command('echo x'), { timeLeftMs: () => 0 })).resolves.toMatchObject({
      ended: 'timed-out',
      attempts: 0,
    });
    rig.cancel.abort();
    await expect(rig.call(rig.command('echo x'))).resolves.toMatchObject({ ended: 'cancelled', attempts: 0 });
    expect(rig.processes).toEqual([]);
  });
});
