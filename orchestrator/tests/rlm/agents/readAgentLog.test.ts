import { appendFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LoggedProcess, readAgentLog } from '../../../src/rlm/agents/readAgentLog.ts';
import type { AgentAdapter } from '../../../src/rlm/agents/adapter.ts';
import { type CallRig, firstThen, openCallRig } from './callRig.ts';

let rig: CallRig;
let file: string;

beforeEach(async () => {
  rig = await openCallRig();
  file = path.join(rig.folder, 'agent-1.jsonl');
});
afterEach(() => rig.close());

const USAGE = '{"type":"usage","input_tokens":10,"cached_input_tokens":4,"output_tokens":5,"cost_usd":0.5}';
const RESULT =
  '{"type":"result","subtype":"success","is_error":false,"result":"Summary: all","usage":{"input_tokens":3,"output_tokens":2},"total_cost_usd":0.25}';

function read(adapter: AgentAdapter): Promise<LoggedProcess[]> {
  return readAgentLog(file, adapter);
}

describe('readAgentLog', () => {
  it('has nothing to tell of a log that is not there', async () => {
    expect(await read(rig.command('true'))).toEqual([]);
  });

  it('tells of a command what was told while it ran', async () => {
    const adapter = rig.command(
      `echo '${USAGE}'; echo one; echo noise >&2; echo '{"type":"tool_call"}'; echo "two: ü"`,
    );
    const live = await rig.call(adapter);
    expect(live.report).toMatchObject({ message: 'one\ntwo: ü', toolCalls: 1, costUsd: 0.5 });
    expect(await read(adapter)).toEqual([
      { role: 'agent', report: live.report, ended: 'done', exitCode: 0, durationMs: live.durationMs },
    ]);
  });

  it('tells of a command with one long line and a flood of output what was told while it ran', async () => {
    const flood = `${'x'.repeat(99)}\n`.repeat(3000);
    writeFileSync(
      path.join(rig.folder, 'flood'),
      `${'y'.repeat(100_000)}\n${flood}${USAGE}\n${flood}the end\n`,
    );
    const adapter = rig.command('cat flood');
    const { report } = await rig.call(adapter);
    const [again] = await read(adapter);
    expect(again?.report.usage).toEqual({ input: 10, cached: 4, output: 5, reasoning: 0 });
    expect(again?.report.message.slice(-5000)).toBe(report.message.slice(-5000));
  });

  it('tells of events what was told while they came', async () => {
    const adapter = rig.claude(`echo 'no event'; echo '${RESULT}'`);
    const live = await rig.call(adapter);
    expect(live.report).toMatchObject({ message: 'Summary: all', answered: true });
    expect(await read(adapter)).toMatchObject([{ ended: 'done', exitCode: 0, report: live.report }]);
  });

  it('keeps the tries of a call apart', async () => {
    const fail = `echo '${USAGE}'; echo 'rate limit' >&2; exit 1`;
    const adapter = rig.command(firstThen(fail, `echo '${USAGE}'; echo done`));
    const live = await rig.call(adapter);
    expect(live.report.usage.input).toBe(20);
    expect(await read(adapter)).toMatchObject([
      { ended: 'failed', exitCode: 1, report: { usage: { input: 10 }, message: '' } },
      { ended: 'done', exitCode: 0, report: { usage: { input: 10 }, message: 'done' } },
    ]);
  });

  it('tells that a process was ended by its time, or cancelled', async () => {
    const adapter = rig.command('sleep 60');
    await rig.call(adapter, { timeLeftMs: () => 20, graceMs: 0 });
    rig.cancel.abort();
    await rig.call(adapter);
    appendFileSync(
      file,
      '{"type":"agent.call","role":"critic"}\n{"type":"agent.exit","ended":"cancelled"}\n',
    );
    expect(await read(adapter)).toMatchObject([
      { role: 'agent', ended: 'timed-out', exitCode: null },
      { role: 'critic', ended: 'cancelled', durationMs: 0 },
    ]);
  });

  it('tells that nobody saw the end of a process', async () => {
    const adapter = rig.command(`echo '${USAGE}'; echo half`);
    await rig.call(adapter);
    const text = readFileSync(file, 'utf8');
    // Torn in the middle of its last line.
    truncateSync(file, text.length - 10);
    expect(await read(adapter)).toMatchObject([
      {
        ended: 'interrupted',
        exitCode: null,
        durationMs: 0,
        report: { usage: { input: 10 }, message: 'half' },
      },
    ]);
  });

  it('takes an answer for the end of a process that nobody saw', async () => {
    const adapter = rig.claude('');
    const call = '{"type":"agent.call","role":"agent"}';
    writeFileSync(file, `${call}\n${RESULT}\n${call}\n{"type":"system","subtype":"init"}\n`);
    expect(await read(adapter)).toMatchObject([
      { ended: 'done', report: { message: 'Summary: all', usage: { input: 3, output: 2 } } },
      { ended: 'interrupted' },
    ]);
  });
});
