import { expect, it } from 'vitest';
import { agentEnvironment } from '../../../src/rlm/agents/agentEnvironment.ts';

it('tells the agent that nobody is there to be asked', () => {
  expect(agentEnvironment({ PATH: '/bin' }, { subagents: false })).toEqual({
    CODEX_NON_INTERACTIVE: '1',
    CODEX_NO_INTERACTIVE: '1',
    CODEX_INTERACTIVE: '0',
    PATH: '/bin',
  });
  expect(agentEnvironment({}, { subagents: true })).toHaveProperty('CODEX_SUBAGENTS', '1');
});

it('leaves alone what was set', () => {
  const given = {
    CODEX_NON_INTERACTIVE: '0',
    CODEX_NO_INTERACTIVE: '',
    CODEX_INTERACTIVE: '1',
    CODEX_SUBAGENTS: '0',
  };
  expect(agentEnvironment(given, { subagents: true })).toEqual(given);
});
