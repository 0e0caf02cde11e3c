import { expect, test } from 'vitest';
import { iterationLine, type LoopStart, noticeLines, startLines } from '../../../src/rlm/loop/loopLines.ts';
import { iterationsWith, loopState } from './stateSample.ts';

const START: LoopStart = {
  state: loopState(),
  adapter: { name: 'codex' },
  validator: 'npm test',
  reason: 'node: package-lock.json',
  workspace: { withoutCheckpoints: null },
  resumed: false,
};

test('the start: goal, validator and why, agent, budget', () => {
  expect(startLines(START)).toEqual([
    'Goal: make the tests pass',
    'Validator: npm test (node: package-lock.json)',
    'Agent: codex',
    'Budget: 88 iterations, 48 h',
  ]);
});

test('a start with everything that can be said', () => {
  const state = loopState({
    goal: `first line\nsecond line ${'x'.repeat(300)}`,
    roles: 'triad',
    maxIterations: 1,
    maxMinutes: 0.5,
    iterationMinutes: 10,
    maxTokens: 500_000,
    iterations: iterationsWith(1, 1),
    elapsedMs: 720_000,
    totals: { ...loopState().totals, input: 12_000, output: 345 },
  });
  const start = { ...START, state, validator: 'make\u001b[2J check', reason: null, resumed: true };
  expect(
    startLines({
      ...start,
      workspace: {
        withoutCheckpoints:
          'git rev-parse: fatal: not a git repository (or any of the parent directories): .git',
      },
    }),
  ).toEqual([
    `Goal: first line second line ${'x'.repeat(176)}…`,
    'Validator: make check',
    'Agent: codex, three calls: planner, critic, reviser',
    'Budget: 1 iteration, 30 s, 10 min each for the agent and the validator of an iteration, 500,000 tokens',
    'No checkpoints: this folder is in no git repository',
    'Resumed after iteration 2, 12 min and 12,345 tokens used before',
  ]);
});

test('a start without validator and limits', () => {
  const state = loopState({ maxIterations: 0, maxMinutes: null });
  expect(startLines({ ...START, state, validator: null, reason: null }).slice(1)).toEqual([
    'Validator: none, so the loop ends with its budget and nothing will prove the goal',
    'Agent: codex',
    'Budget: any number of iterations, no limit of time',
  ]);
});

test('an interrupted iteration is gone on with', () => {
  const inProgress = {
    n: 2,
    startedAt: '',
    checkpoint: null,
    before: '',
    calls: [],
    agentEnded: null,
    processesCounted: 0,
  };
  const state = loopState({ iterations: iterationsWith(1), inProgress, elapsedMs: 2_000 });
  expect(startLines({ ...START, state, resumed: true }).at(-1)).toBe(
    'Resumed at iteration 2 of 88, 2 s and 0 tokens used before',
  );
});

test.each([
  ['iterations', { maxIterations: 1 }, 'Resumed after iteration 1 of 1, 2 s and 0 tokens used before'],
  ['time', { maxMinutes: 0.01 }, 'Resumed after iteration 1 of 88, 2 s and 0 tokens used before'],
  ['tokens', { maxTokens: 0 }, 'Resumed after iteration 1 of 88, 2 s and 0 tokens used before'],
])('nothing is left: %s', (_, limit, line) => {
  const state = loopState({ iterations: iterationsWith(1), elapsedMs: 2_000, ...limit });
  expect(startLines({ ...START, state, resumed: true }).at(-1)).toBe(line);
});

test('the heading of an iteration', () => {
  expect([iterationLine(3, 88), iterationLine(3, 0)]).toEqual([['Iteration 3 of 88'], ['Iteration 3']]);
  expect(iterationLine(3, 2)).toEqual(['Iteration 3']);
});

test('notices', () => {
  const lines = noticeLines([
    { kind: 'no-progress' },
    { kind: 'oscillation' },
    { kind: 'agent-cut', by: 'time' },
    { kind: 'protected-changed', files: ['test/a.js'] },
    { kind: 'validator-changed', files: ['package.json (scripts)', 'b\n'] },
    { kind: 'resumed' },
  ]);
  expect(lines).toEqual([
    '  no progress: files and failure are the same as one iteration before; the agent is told, and the loop ends if that does not help',
    '  going in circles: the last iterations took turns between two states; the agent is told, and the loop ends if that does not help',
    '  warning: protected files have changed, so nothing counts as passed: test/a.js',
    '  warning: files that the validator depends on have changed: package.json (scripts), b',
  ]);
});
