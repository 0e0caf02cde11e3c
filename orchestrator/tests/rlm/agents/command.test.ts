import { describe, expect, it } from 'vitest';
import { MESSAGE_LIMIT, type AgentReport } from '../../../src/rlm/agents/adapter.ts';
import { commandAdapter } from '../../../src/rlm/agents/command.ts';

const call = { role: 'agent', mayWrite: true } as const;

describe('the call of a command', () => {
  it('is its text, to which arguments are added as they are', () => {
    expect(commandAdapter({ command: '(cat; echo) # all', args: [] }).invocation(call)).toBe(
      '(cat; echo) # all',
    );
    expect(commandAdapter({ command: 'X=1 agent', args: ['a b', '$HOME'] }).invocation(call)).toEqual({
      file: '/bin/sh',
      args: ['-c', 'X=1 agent "$@"', 'sh', 'a b', '$HOME'],
    });
  });

  it.each([
    ['  python3 tools/agent.py', 'python3'],
    ['A=1 B="x" ./bin/my-agent --fast', 'my-agent'],
    ['"/opt/agent" -q', 'agent'],
    ['X=1', 'command'],
  ])('is named after its program: %s', (command, name) => {
    expect(commandAdapter({ command, args: [] }).name).toBe(name);
  });
});

function reportOf(lines: unknown[]): AgentReport {
  const reader = commandAdapter({ command: 'x', args: [] }).createReader();
  for (const line of lines) reader.read(line);
  return reader.report();
}

describe('the output of a command', () => {
  it('is its message, and its lines what it does', () => {
    const reader = commandAdapter({ command: 'x', args: [] }).createReader();
    expect(reader.read('Thinking')).toEqual({ kind: 'action', text: 'Thinking' });
    expect(reader.read('  ')).toBeNull();
    expect(reader.read('  Summary: fixed it  ')).toEqual({ kind: 'action', text: 'Summary: fixed it' });
    expect(reader.report()).toEqual({
      threadId: null,
      message: 'Thinking\n  \n  Summary: fixed it',
      usage: { input: 0, cached: 0, output: 0, reasoning: 0 },
      costUsd: 0,
      toolCalls: 0,
      answered: false,
      failure: null,
    });
  });

  it('may tell what it used, and that is no text', () => {
    const reader = commandAdapter({ command: 'x', args: [] }).createReader();
    const usage = {
      type: 'usage',
      input_tokens: 100,
      cached_input_tokens: 60,
      output_tokens: 20,
      reasoning_output_tokens: 5,
      cost_usd: 0.5,
    };
    expect(reader.read(JSON.stringify(usage))).toEqual({ kind: 'usage', tokens: 120 });
    expect(reader.read('{"type":"usage","output_tokens":3}')).toEqual({ kind: 'usage', tokens: 123 });
    expect(reader.read('{"type":"tool_call","name":"grep"}')).toEqual({ kind: 'action', text: 'grep' });
    expect(reader.read('{"type":"tool_call"}')).toBeNull();
    expect(reader.report()).toMatchObject({
      message: '',
      usage: { input: 100, cached: 60, output: 23, reasoning: 5 },
      costUsd: 0.5,
      toolCalls: 2,
    });
  });

  it('is text when it only looks like that', () => {
    const lines = [
      '{ not JSON',
      '{"type":"other"}',
      '[{"type":"usage"}]',
      '{"type":"usage","input_tokens":"many"}',
    ];
    expect(reportOf(lines)).toMatchObject({ message: lines.slice(0, 3).join('\n'), usage: { input: 0 } });
  });

  it('is kept from the end', () => {
    const lines = Array.from({ length: 20_000 }, (_unused, at) => `this is line number ${at}`);
    const all = lines.join('\n');
    expect(reportOf(lines).message === all.slice(-MESSAGE_LIMIT)).toBe(true);
    expect(reportOf(['x'.repeat(1_000_000)]).message).toHaveLength(MESSAGE_LIMIT);
  });
});
