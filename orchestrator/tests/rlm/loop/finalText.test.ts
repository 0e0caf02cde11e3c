import { describe, expect, test } from 'vitest';
import { finalText } from '../../../src/rlm/loop/finalText.ts';
import type { LoopState } from '../../../src/rlm/loop/loopState.ts';
import type { FinalStatus } from '../../../src/rlm/types.ts';
import { iterationsWith, loopState } from './stateSample.ts';

const IN_THIRD = {
  iterations: iterationsWith(1, 1),
  inProgress: {
    n: 3,
    startedAt: '',
    checkpoint: null,
    before: 'b',
    calls: [],
    agentEnded: null,
    processesCounted: 0,
  },
};

function sentence(
  status: FinalStatus,
  state: Partial<LoopState> = {},
  facts?: Parameters<typeof finalText>[2],
): string {
  return finalText(status, loopState(state), facts).sentence;
}

describe('the goal was reached', () => {
  test('with a limit of iterations and without one', () => {
    const iterations = iterationsWith(1, 1, 0);
    expect(sentence('passed', { iterations })).toBe(
      'Goal reached: the validator passed in iteration 3 of 88.',
    );
    expect(sentence('passed', { iterations, maxIterations: 0 })).toBe(
      'Goal reached: the validator passed in iteration 3.',
    );
  });

  test('with files changed on which the validator depends', () => {
    const state = loopState({ iterations: iterationsWith(0), validatorFilesChanged: ['test/add.test.js'] });
    expect(finalText('passed', state)).toEqual({
      sentence: 'Goal reached: the validator passed in iteration 1 of 88.',
      warnings: ['Validator passed, but files it depends on changed: test/add.test.js'],
    });
  });
});

describe('a budget was used up', () => {
  test('iterations', () => {
    expect(sentence('max_iterations', { iterations: iterationsWith(1, 1), maxIterations: 2 })).toBe(
      'Goal not reached: 2 of 2 iterations used, the validator still fails (exit code 1).',
    );
  });

  test('time, between iterations, in the middle of one, and before the validator ran at all', () => {
    expect(sentence('max_minutes', { iterations: iterationsWith(1, 7) })).toBe(
      'Goal not reached: the time of 48 h is used up in iteration 2 of 88, the validator still fails (exit code 7).',
    );
    expect(sentence('max_minutes', { ...IN_THIRD, maxMinutes: 0.5 })).toBe(
      'Goal not reached: the time of 30 s is used up in iteration 3 of 88, the validator failed when it ran last (exit code 1).',
    );
    expect(sentence('max_minutes', { iterations: iterationsWith(1, null) })).toBe(
      'Goal not reached: the time of 48 h is used up in iteration 2 of 88, the validator failed when it ran last (exit code 1).',
    );
    expect(sentence('max_minutes', { iterations: iterationsWith(null) })).toBe(
      'Goal not reached: the time of 48 h is used up in iteration 1 of 88, the validator has not run.',
    );
  });

  test('more iterations than a limit that was lowered', () => {
    expect(sentence('max_iterations', { iterations: iterationsWith(1, 1, 1, 1), maxIterations: 2 })).toBe(
      'Goal not reached: 4 iterations used, 2 allowed, the validator still fails (exit code 1).',
    );
  });

  test('tokens', () => {
    const totals = { ...loopState().totals, input: 12_000, cached: 11_000, output: 345, reasoning: 300 };
    expect(sentence('max_tokens', { iterations: iterationsWith(1), maxTokens: 12_000, totals })).toBe(
      'Goal not reached: 12,345 of 12,000 tokens used in iteration 1 of 88, the validator still fails (exit code 1).',
    );
  });

  test('with a validator that passes only because protected files changed', () => {
    const state = loopState({
      iterations: iterationsWith(0),
      maxIterations: 1,
      validatorFilesChanged: ['test/a.js'],
      protectedFilesChanged: ['test/a.js', 'test/b.js'],
    });
    expect(finalText('max_iterations', state)).toEqual({
      sentence:
        'Goal not reached: 1 of 1 iteration used, the validator passes only with protected files changed.',
      warnings: [
        'Files that the validator depends on changed: test/a.js',
        'Protected files changed: test/a.js, test/b.js',
      ],
    });
  });

  test('without a validator nothing is claimed', () => {
    const state = { validator: 'none', iterations: iterationsWith(null, null), maxIterations: 2 };
    expect(sentence('budget_complete', state, { exhausted: 'max_iterations' })).toBe(
      'Stopped: 2 of 2 iterations used. There was no validator, so nothing proves the goal.',
    );
    expect(sentence('budget_complete', state, { exhausted: 'max_minutes' })).toBe(
      'Stopped: the time of 48 h is used up in iteration 2 of 2. There was no validator, so nothing proves the goal.',
    );
  });
});

test('nothing moved any more', () => {
  const state = { iterations: iterationsWith(1, 1, 1) };
  expect(sentence('no_progress', state, { reason: 'the same state 3 times in a row' })).toBe(
    'Goal not reached: no progress in iteration 3 of 88 (the same state 3 times in a row), the validator still fails (exit code 1).',
  );
  expect(sentence('no_progress', state)).toBe(
    'Goal not reached: no progress in iteration 3 of 88, the validator still fails (exit code 1).',
  );
});

describe('it did not start', () => {
  const none = { validator: null };

  test('without a validator', () => {
    const choose = 'Choose with --validator "<command>", or --validator none to go without.';
    expect(sentence('no_validator', none)).toBe(
      `Not started: nothing in this repository says how to validate it. ${choose}`,
    );
    const candidates = [{ command: 'npm test' }, { command: 'python -m pytest' }];
    expect(sentence('no_validator', none, { candidates })).toBe(
      `Not started: several commands could validate it: npm test, python -m pytest. ${choose}`,
    );
  });

  test('with invalid options', () => {
    expect(sentence('invalid_config', none, { reason: '--roles must be single or triad' })).toBe(
      'Not started: --roles must be single or triad.',
    );
    expect(sentence('invalid_config', none)).toBe('Not started: the options are invalid.');
  });
});

describe('it failed', () => {
  test('with a reason of the agent and what to do', () => {
    const facts = { reason: 'codex is not signed in\u001b[2J\n(401)', advice: 'Run "codex login".' };
    expect(sentence('error', IN_THIRD, facts)).toBe(
      'Failed in iteration 3 of 88: codex is not signed in (401). Run "codex login".',
    );
  });

  test('before the first iteration, without a reason', () => {
    expect(sentence('error')).toBe('Failed before the first iteration: no reason is known.');
  });

  test('with a reason of megabytes', () => {
    const text = sentence('error', IN_THIRD, { reason: 'x'.repeat(5_000_000), advice: 'Wait' });
    expect(text).toBe(`Failed in iteration 3 of 88: ${'x'.repeat(499)}… Wait.`);
  });
});

test('it was cancelled', () => {
  expect(sentence('cancelled', IN_THIRD, { reason: 'SIGINT' })).toBe(
    'Cancelled in iteration 3 of 88 (SIGINT).',
  );
  expect(sentence('cancelled')).toBe('Cancelled before the first iteration.');
});

test('only a proof is called the goal reached', () => {
  const others: FinalStatus[] = [
    'budget_complete',
    'no_validator',
    'max_iterations',
    'max_minutes',
    'max_tokens',
    'no_progress',
    'error',
    'invalid_config',
    'cancelled',
  ];
  for (const status of others) expect(sentence(status, IN_THIRD)).not.toMatch(/goal reached/i);
});
