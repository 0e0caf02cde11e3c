import { expect, test } from 'vitest';
import { loopPlace, loopStatusLines, type LoopReading } from '../../../src/cli/present/loopStatus.ts';
import { createStyle } from '../../../src/cli/present/style.ts';
import { parseState } from '../../../src/rlm/loop/parseState.ts';

const style = createStyle({ write: () => true }, {});

/** What the tool before this one wrote after its second iteration. */
const CONTRACT_ONLY = {
  goal: 'make the tests pass\nall of them',
  validator: 'npm test',
  roles: 'single',
  maxIterations: 88,
  maxMinutes: null,
  iterations: [1, 1].map((validatorExitCode, offset) => ({
    n: offset + 1,
    startedAt: '2026-03-01T10:00:00.000Z',
    summary: null,
    validatorExitCode,
    validatorLogPath: null,
    diffSummary: 'clean',
  })),
};

const OURS = {
  ...CONTRACT_ONLY,
  startedAt: '2026-03-01T10:00:00.000Z',
  phase: 'agent',
  maxTokens: 500_000,
  totals: {
    input: 12_000,
    cached: 0,
    output: 345,
    reasoning: 0,
    costUsd: 0,
    toolCalls: 3,
    agentMs: 0,
    validatorMs: 0,
    agentCalls: 2,
  },
  lastFeedback: {
    exitCode: 1,
    ended: 'exited',
    firstErrors: ['AssertionError: 3\u001b[2J'],
    end: '',
    bytes: 1,
  },
  inProgress: {
    n: 3,
    startedAt: '2026-03-01T10:00:00.000Z',
    checkpoint: null,
    before: 'x',
    calls: [],
    agentEnded: null,
  },
};

function lines(document: object, isLive = true): string[] {
  return loopStatusLines(reading(document), { style, isLive, artifactRoot: ROOT });
}

function reading(document: object, agent = 'codex'): LoopReading {
  return { state: parseState(document), agent };
}

const ROOT = '.runs/0101/cli/1';

test('a loop at work', () => {
  expect(lines(OURS)).toEqual([
    'Loop',
    '  Goal:       make the tests pass',
    '  Iteration:  3 of 88',
    '  Phase:      agent',
    '  Agent:      codex',
    '  Tokens:     12,345 of 500,000',
    '  Validator:  npm test, exit code 1 in iteration 2: AssertionError: 3',
  ]);
});

test('a loop whose process died in the middle', () => {
  expect(lines(OURS, false)).toContain('  Phase:      agent, interrupted');
});

test('a loop that is over, without limits', () => {
  const [first, second] = CONTRACT_ONLY.iterations;
  const document = {
    ...OURS,
    goal: 'x'.repeat(200),
    maxIterations: 0,
    maxTokens: null,
    iterations: [first, { ...second, validatorExitCode: 0 }],
    inProgress: null,
    phase: 'ended',
    final: { status: 'passed', exitCode: 0, reason: 'Goal reached:\nthe validator passed in iteration 2.' },
  };
  expect(lines(document, false)).toEqual([
    'Loop',
    `  Goal:       ${'x'.repeat(79)}…`,
    '  Iteration:  2',
    '  Agent:      codex',
    '  Tokens:     12,345',
    '  Validator:  npm test, passed in iteration 2',
    '  Ended:      passed, exit code 0',
    '  Reason:     Goal reached: the validator passed in iteration 2.',
  ]);
});

test('of a loop of the tool before this one only what it recorded', () => {
  const final = { status: 'max_iterations', exitCode: 3 };
  expect(lines({ ...CONTRACT_ONLY, final })).toEqual([
    'Loop',
    '  Goal:       make the tests pass',
    '  Iteration:  2 of 88',
    '  Validator:  npm test, exit code 1 in iteration 2',
    '  Ended:      max_iterations, exit code 3',
  ]);
});

test('a loop that ended before its first iteration', () => {
  const final = { status: 'no_validator', exitCode: 2 };
  expect(lines({ ...CONTRACT_ONLY, validator: null, iterations: [], final })).toEqual([
    'Loop',
    '  Goal:       make the tests pass',
    '  Iteration:  0 of 88',
    '  Ended:      no_validator, exit code 2',
  ]);
});

test('of three calls of the agent it is said which one works', () => {
  const calls = [{ role: 'planner' }];
  const document = { ...OURS, roles: 'triad', inProgress: { ...OURS.inProgress, calls } };
  expect(lines(document)).toContain('  Phase:      agent, critic');
  expect(loopPlace(reading(document))).toEqual(['iteration 3 of 88, agent, critic']);
});

test('an agent of the user is named by its program', () => {
  const options = { style, isLive: true, artifactRoot: ROOT };
  expect(loopStatusLines(reading(OURS, 'agent.sh'), options)).toContain('  Agent:      agent.sh');
});

test('an iteration beyond a limit that was lowered since', () => {
  expect(lines({ ...OURS, maxIterations: 2 })).toContain('  Iteration:  3');
});

test('changed files that matter stand out, whether or not it passed', () => {
  const colours = createStyle({ write: () => true }, { FORCE_COLOR: '1' });
  const options = { style: colours, isLive: false, artifactRoot: ROOT };
  const changed = {
    ...OURS,
    validatorFilesChanged: ['a', 'b', 'c', 'd', 'e', 'f'],
    protectedFilesChanged: ['x\u001b[2J\ny'],
  };
  expect(loopStatusLines(reading(changed), options).slice(-2)).toEqual([
    '  \u001b[33mwarning: Files that the validator depends on changed: a, b, c, d, e and 1 more\u001b[39m',
    '  \u001b[33mwarning: Protected files changed: x\u001b[39m',
  ]);
  const passed = {
    ...OURS,
    validatorFilesChanged: ['package.json'],
    final: { status: 'passed', exitCode: 0 },
  };
  expect(lines(passed).at(-1)).toBe(
    '  warning: Validator passed, but files it depends on changed: package.json',
  );
});

test('a loop that failed names what its validator printed, and its agent where that failed', () => {
  const [first] = CONTRACT_ONLY.iterations;
  const iterations = [{ ...first, validatorLogPath: `${ROOT}/rlm/validator-1.log` }];
  const failed = (status: string, exitCode: number) =>
    lines({ ...OURS, iterations, final: { status, exitCode } }).filter((line) => line.includes(ROOT));
  expect(failed('error', 10)).toEqual([
    `  Output:     ${ROOT}/rlm/validator-1.log`,
    `  Agent log:  ${ROOT}/rlm/agent-3.jsonl`,
  ]);
  expect(failed('max_minutes', 3)).toEqual([`  Output:     ${ROOT}/rlm/validator-1.log`]);
  expect(failed('cancelled', 130)).toEqual([]);
});

test('a damaged state takes one line', () => {
  const damaged = { damage: 'Unexpected end of JSON input\u0007\nand more' };
  expect(loopStatusLines(damaged, { style, isLive: true, artifactRoot: ROOT })).toEqual([
    'Loop',
    '  rlm/state.json is damaged: Unexpected end of JSON input\\x07',
  ]);
});

test('the place of a loop in a few words, as long as it is under way', () => {
  expect(loopPlace(reading(OURS))).toEqual(['iteration 3 of 88, agent']);
  expect(loopPlace(reading(CONTRACT_ONLY))).toEqual(['iteration 2 of 88']);
  const final = { status: 'passed', exitCode: 0 };
  expect(loopPlace(reading({ ...OURS, final }))).toEqual([]);
  expect(loopPlace({ damage: 'x' })).toEqual([]);
  expect(loopPlace(null)).toEqual([]);
});
