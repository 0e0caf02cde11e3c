import { expect, it } from 'vitest';
import { createAdapter } from '../../../src/rlm/agents/createAdapter.ts';

it.each([
  ['codex', null, 'codex', 'events'],
  ['claude', null, 'claude', 'events'],
  ['command', 'python3 agent.py', 'python3', 'text'],
] as const)('makes the adapter for %s', async (kind, command, name, output) => {
  const adapter = await createAdapter({ kind, command, args: ['--x', 'y'] }, {});
  expect(adapter).toMatchObject({ kind, name, output });
  const invocation = adapter.invocation({ role: 'agent', mayWrite: true });
  expect(typeof invocation === 'string' ? [] : invocation.args).toEqual(expect.arrayContaining(['--x', 'y']));
});

it('cannot make one for a command that is not there', async () => {
  await expect(createAdapter({ kind: 'command', command: null, args: [] }, {})).rejects.toThrow(
    'The agent "command" was chosen without a command.',
  );
});
