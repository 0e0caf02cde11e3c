import { describe, expect, it } from 'vitest';
import { repeatedInputs } from '../../../src/rlm/loop/repeatedInputs.ts';
import type { RawLoopOptions } from '../../../src/rlm/options/rawOptions.ts';
import { loopState } from './stateSample.ts';

const GIVEN = { validator: 'make check', agentCommand: 'my-agent', agentArgs: ['-v'], protect: ['test/**'] };

/** The flags with which a loop that was given `given` begins once more. */
function repeated(
  given: Partial<RawLoopOptions>,
  now: Partial<RawLoopOptions> = {},
  env: NodeJS.ProcessEnv = {},
): RawLoopOptions {
  const state = loopState({ goal: 'the goal', given: { agentArgs: [], protect: [], ...given } });
  return repeatedInputs(state, { flags: { agentArgs: [], protect: [], ...now }, env, config: null }).flags;
}

describe('repeatedInputs', () => {
  it('has the flags and the goal of the start', () => {
    expect(repeated(GIVEN)).toEqual({ goal: 'the goal', ...GIVEN });
  });

  it('prefers the flags of now', () => {
    const now = { validator: 'npm test', agentArgs: ['-q'], protect: ['a'], maxTokens: undefined };
    expect(repeated({ ...GIVEN, maxTokens: '5' }, now)).toEqual({
      goal: 'the goal',
      validator: 'npm test',
      agentCommand: 'my-agent',
      maxTokens: '5',
      agentArgs: ['-q'],
      protect: ['a'],
    });
  });

  it('lets the environment take the place of flags that are wrong, and of no others', () => {
    const env = { RLM_VALIDATOR: 'npm test', RLM_ROLES: 'triad', RLM_MAX_TOKENS: ' ' };
    const flags = repeated({ ...GIVEN, roles: 'chorus', maxTokens: 'many', maxMinutes: 'few' }, {}, env);
    expect(flags).toEqual({ goal: 'the goal', ...GIVEN, maxTokens: 'many', maxMinutes: 'few' });
  });

  it('has no goal where none was known, so that the environment is asked', () => {
    const state = loopState({ goal: '' });
    const { flags } = repeatedInputs(state, {
      flags: { agentArgs: [], protect: [] },
      env: {},
      config: null,
    });
    expect(flags).toEqual({ agentArgs: [], protect: [] });
  });
});
