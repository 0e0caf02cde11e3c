import { describe, expect, test } from 'vitest';
import { optionProblemText } from '../../../src/rlm/options/optionProblemText.ts';
import type { RawLoopConfig, RawLoopOptions } from '../../../src/rlm/options/rawOptions.ts';
import { checkBounds, type OptionsResult, readOptions } from '../../../src/rlm/options/readOptions.ts';
import type { LoopOptions } from '../../../src/rlm/types.ts';

function read(
  flags: Partial<RawLoopOptions> = {},
  env: NodeJS.ProcessEnv = {},
  config: RawLoopConfig | null = null,
): OptionsResult {
  return readOptions({ flags: { goal: 'make it pass', agentArgs: [], protect: [], ...flags }, env, config });
}

function optionsOf(...inputs: Parameters<typeof read>): LoopOptions {
  const result = read(...inputs);
  if (!result.ok) throw new Error(optionProblemText(result.problem));
  return result.options;
}

/** What is said about the options; the options themselves when nothing is wrong. */
function problemOf(...inputs: Parameters<typeof read>): unknown {
  const result = read(...inputs);
  return result.ok ? result.options : optionProblemText(result.problem);
}

test('a goal is all that has to be given', () => {
  expect(optionsOf({ goal: '  fix the tests \n' })).toEqual({
    goal: 'fix the tests',
    validator: 'auto',
    maxIterations: 88,
    maxMinutes: 2880,
    iterationMinutes: null,
    maxTokens: null,
    roles: 'single',
    agent: { kind: 'codex', command: null, args: [], retries: 5, retryDelayMs: 2000 },
    protect: [],
    subagents: false,
  });
});

test('everything from flags', () => {
  const flags: Partial<RawLoopOptions> = {
    validator: ' npm test ',
    maxIterations: 'Unlimited',
    maxMinutes: '0.5',
    iterationMinutes: '0',
    maxTokens: '1000',
    roles: ' TRIAD ',
    agent: 'Claude',
    agentArgs: ['-c', '', 'x y'],
    protect: ['test/**', ' *.json '],
  };
  expect(optionsOf(flags)).toMatchObject({
    validator: 'npm test',
    maxIterations: 0,
    maxMinutes: 0.5,
    iterationMinutes: null,
    maxTokens: 1000,
    roles: 'triad',
    agent: { kind: 'claude', args: ['-c', '', 'x y'] },
    protect: ['test/**', '*.json'],
  });
});

test('everything from variables', () => {
  const env = {
    RLM_GOAL: ' from afar ',
    RLM_VALIDATOR: 'make check',
    RLM_MAX_ITERATIONS: '3',
    RLM_MAX_MINUTES: '0',
    RLM_ITERATION_MINUTES: '1.5',
    RLM_MAX_TOKENS: '5000',
    RLM_ROLES: 'triad',
    RLM_AGENT: 'command',
    RLM_AGENT_COMMAND: './agent.sh',
    RLM_AGENT_ARGS: '--fast  -v',
    RLM_AGENT_RETRIES: '0',
    RLM_AGENT_RETRY_SECONDS: '0.25',
    RLM_PROTECT: 'a/**, b.txt\n{c,d}.json\n\n',
    RLM_SUBAGENTS: ' Yes ',
  };
  expect(optionsOf({ goal: undefined }, env)).toEqual({
    goal: 'from afar',
    validator: 'make check',
    maxIterations: 3,
    maxMinutes: null,
    iterationMinutes: 1.5,
    maxTokens: 5000,
    roles: 'triad',
    agent: { kind: 'command', command: './agent.sh', args: ['--fast', '-v'], retries: 0, retryDelayMs: 250 },
    protect: ['a/**', 'b.txt', '{c,d}.json'],
    subagents: true,
  });
});

const CONFIG: RawLoopConfig = {
  agent: 'claude',
  agentArgs: ['--model', 'x'],
  agentRetries: 1,
  agentRetrySeconds: 0.5,
  validator: 'make check',
  maxIterations: 'unlimited',
  maxMinutes: 1.5,
  iterationMinutes: 2,
  maxTokens: 100,
  roles: 'triad',
  protect: ['test/**'],
};

test('everything from the configuration', () => {
  expect(optionsOf({}, {}, CONFIG)).toMatchObject({
    validator: 'make check',
    maxIterations: 0,
    maxMinutes: 1.5,
    iterationMinutes: 2,
    maxTokens: 100,
    roles: 'triad',
    agent: { kind: 'claude', command: null, args: ['--model', 'x'], retries: 1, retryDelayMs: 500 },
    protect: ['test/**'],
  });
});

test('a flag counts before a variable, and that before the configuration', () => {
  const env = { RLM_MAX_ITERATIONS: '2', RLM_GOAL: 'other', RLM_PROTECT: 'b', RLM_MAX_MINUTES: '7' };
  const flags = { maxIterations: '1', protect: ['a'], agentArgs: ['one'] };
  expect(optionsOf(flags, { ...env, RLM_AGENT_ARGS: 'two' }, CONFIG)).toMatchObject({
    goal: 'make it pass',
    maxIterations: 1,
    maxMinutes: 7,
    protect: ['a'],
    agent: { args: ['one'] },
    maxTokens: 100,
  });
  expect(optionsOf({}, env, CONFIG)).toMatchObject({ maxIterations: 2, protect: ['b'] });
});

test('what a flag outvotes is not judged', () => {
  expect(optionsOf({ roles: 'single' }, { RLM_ROLES: 'quartet' })).toMatchObject({ roles: 'single' });
});

test('a blank variable counts as unset', () => {
  const env = {
    RLM_MAX_ITERATIONS: '',
    RLM_ROLES: ' ',
    RLM_AGENT_ARGS: '\n',
    RLM_AGENT: '',
    RLM_PROTECT: ',',
  };
  expect(optionsOf({}, env, { ...CONFIG, maxIterations: 4 })).toMatchObject({
    maxIterations: 4,
    roles: 'triad',
    agent: { kind: 'claude', args: ['--model', 'x'] },
    protect: ['test/**'],
  });
});

test.each([
  ['', 'auto'],
  [' \n', 'auto'],
  ['AUTO', 'auto'],
  [' None ', 'none'],
  ['none; true', 'none; true'],
])('validator %j is %j', (validator, expected) => {
  expect(optionsOf({ validator })).toMatchObject({ validator: expected });
});

test.each([
  [{ CODEX_SUBAGENTS: '1' }, true],
  [{ RLM_SUBAGENTS: 'on' }, true],
  [{ CODEX_SUBAGENTS: '0', RLM_SUBAGENTS: 'enabled' }, false],
])('subagents by %j: %s', (env, subagents) => {
  expect(optionsOf({}, env)).toMatchObject({ subagents });
});

test('a goal of 10 MB', () => {
  const goal = 'x'.repeat(10_000_000);
  expect(optionsOf({ goal }).goal).toBe(goal);
});

describe('the agent', () => {
  test.each<
    [string, Partial<RawLoopOptions>, NodeJS.ProcessEnv, RawLoopConfig | null, string, string | null]
  >([
    ['a command alone', { agentCommand: './a' }, {}, null, 'command', './a'],
    ['a command in a variable', {}, { RLM_AGENT_COMMAND: './a' }, null, 'command', './a'],
    ['a command in the configuration', {}, {}, { agentCommand: './a' }, 'command', './a'],
    [
      'a command over an agent that counts less',
      { agentCommand: './a' },
      { RLM_AGENT: 'codex' },
      CONFIG,
      'command',
      './a',
    ],
    ['a variable over the configuration', {}, { RLM_AGENT_COMMAND: './a' }, CONFIG, 'command', './a'],
    [
      'an agent named over a command that counts less',
      { agent: 'codex' },
      { RLM_AGENT_COMMAND: './a' },
      null,
      'codex',
      null,
    ],
    ['one of two that are ready', {}, {}, { agent: 'codex', agentCommand: './a' }, 'codex', null],
    [
      'the other one of them',
      { agent: 'command' },
      {},
      { agent: 'codex', agentCommand: './a' },
      'command',
      './a',
    ],
  ])('%s', (_, flags, env, config, kind, command) => {
    expect(optionsOf(flags, env, config).agent).toMatchObject({ kind, command });
  });

  test('arguments as JSON keep their white space', () => {
    expect(optionsOf({}, { RLM_AGENT_ARGS: ' ["-c", "a b", ""] ' }).agent.args).toEqual(['-c', 'a b', '']);
  });

  test('arguments that are for another agent are left out', () => {
    expect(optionsOf({ agent: 'codex' }, {}, CONFIG).agent.args).toEqual([]);
    expect(
      optionsOf({ agentCommand: './a' }, { RLM_AGENT: 'codex', RLM_AGENT_ARGS: '-c x' }).agent.args,
    ).toEqual([]);
    expect(optionsOf({ agent: 'claude' }, { RLM_AGENT_ARGS: '-v' }).agent.args).toEqual(['-v']);
  });
});

describe('what is said about', () => {
  test.each<[string, Partial<RawLoopOptions>, NodeJS.ProcessEnv, string]>([
    [
      'no goal',
      { goal: undefined },
      { RLM_GOAL: ' ' },
      'Missing --goal: expected words that say what to reach, as an argument or by --goal, --goal-file or RLM_GOAL.',
    ],
    [
      'a blank goal',
      { goal: ' \n' },
      { RLM_GOAL: 'not asked' },
      'Invalid value "" for --goal: expected words that say what to reach, as an argument or by --goal, --goal-file or RLM_GOAL.',
    ],
    [
      'a goal that could not be read',
      { goal: undefined, goalProblem: 'Cannot read goal.md: it does not exist.' },
      {},
      'Cannot read goal.md: it does not exist.',
    ],
    ['roles', { roles: 'quartet' }, {}, 'Invalid value "quartet" for --roles: expected "single" or "triad".'],
    [
      'roles in a variable',
      {},
      { RLM_ROLES: 'quartet' },
      'Invalid value "quartet" for --roles (from RLM_ROLES): expected "single" or "triad".',
    ],
    [
      'iterations',
      { maxIterations: '3x' },
      {},
      'Invalid value "3x" for --max-iterations: expected a whole number such as 20, or "unlimited", "unbounded", "infinite" or "infinity" (0 means the same).',
    ],
    [
      'minutes',
      { maxMinutes: '-1' },
      {},
      'Invalid value "-1" for --max-minutes: expected a number of minutes such as 90 or 0.5 (0 means no limit).',
    ],
    [
      'blank minutes',
      { maxMinutes: '' },
      {},
      'Invalid value "" for --max-minutes: expected a number of minutes such as 90 or 0.5 (0 means no limit).',
    ],
    [
      'minutes of an iteration',
      {},
      { RLM_ITERATION_MINUTES: '1h' },
      'Invalid value "1h" for --iteration-minutes (from RLM_ITERATION_MINUTES): expected a number of minutes such as 15 or 0.5 (0 means no limit).',
    ],
    [
      'tokens',
      { maxTokens: '2M' },
      {},
      'Invalid value "2M" for --max-tokens: expected a whole number of tokens such as 2000000 (0 means no limit).',
    ],
    [
      'an unknown agent',
      { agent: 'gemini' },
      {},
      'Invalid value "gemini" for --agent: expected "codex", "claude" or "command".',
    ],
    [
      'an agent without its command',
      { agent: 'command' },
      {},
      'Missing --agent-command: expected a shell command that reads the prompt from its standard input, because the agent is "command".',
    ],
    [
      'a blank command',
      { agentCommand: ' ' },
      {},
      'Invalid value " " for --agent-command: expected a shell command that reads the prompt from its standard input.',
    ],
    [
      'a command and another agent',
      { agent: 'claude', agentCommand: './a' },
      {},
      '--agent-command is for the agent "command", and the agent is "claude". Give only one of the two.',
    ],
    [
      'arguments that are half JSON',
      {},
      { RLM_AGENT_ARGS: '["-c", 5]' },
      'Invalid value "[\\"-c\\", 5]" for --agent-arg (from RLM_AGENT_ARGS): expected a JSON array of strings such as ["-c", "model=x"], or words separated by white space.',
    ],
    [
      'arguments that are no JSON',
      {},
      { RLM_AGENT_ARGS: '[x' },
      'Invalid value "[x" for --agent-arg (from RLM_AGENT_ARGS): expected a JSON array of strings such as ["-c", "model=x"], or words separated by white space.',
    ],
    [
      'retries',
      {},
      { RLM_AGENT_RETRIES: '101' },
      'Invalid value "101" for RLM_AGENT_RETRIES: expected a whole number from 0 to 100.',
    ],
    [
      'the wait before a retry',
      {},
      { RLM_AGENT_RETRY_SECONDS: '1e3' },
      'Invalid value "1e3" for RLM_AGENT_RETRY_SECONDS: expected a number of seconds from 0 to 3600, such as 2 or 0.5.',
    ],
    [
      'a blank glob',
      { protect: ['a', ' '] },
      {},
      'Invalid value " " for --protect: expected a glob of files that must not change, such as "test/**".',
    ],
  ])('%s', (_, flags, env, text) => {
    expect(problemOf(flags, env)).toBe(text);
  });

  test('the configuration', () => {
    expect(problemOf({}, {}, { maxMinutes: 1e-7 })).toBe(
      'Invalid value "1e-7" for --max-minutes (from "rlm" in codex.orchestrator.json): expected a number of minutes such as 90 or 0.5 (0 means no limit).',
    );
    expect(problemOf({}, {}, { validator: 'a\0b' })).toBe(
      'Invalid value "a\\u0000b" for --validator (from "rlm" in codex.orchestrator.json): expected a shell command, "auto" or "none".',
    );
  });

  test('a value that would act on the terminal, or is long', () => {
    expect(problemOf({ roles: '\u001b[2J\u009b\u202e' })).toMatch(
      /^Invalid value "\\u001b\[2J\\u009b\\u202e" for/,
    );
    expect(problemOf({ roles: 'x'.repeat(1000) })).toMatch(/^Invalid value "x{60}…" for --roles: /);
  });
});

test('of several problems the first counts, and the state shows what is certain', () => {
  const wrong = { goal: '', roles: 'x', maxIterations: '-1', maxMinutes: 'n/a', agent: 'x' };
  const order: string[] = [];
  const partials: unknown[] = [];
  const steps = [{}, { goal: 'g' }, { roles: 'triad' }, { maxIterations: '7' }, { maxMinutes: '5' }];
  const flags: Partial<RawLoopOptions> = { ...wrong };
  for (const step of steps) {
    const result = read(Object.assign(flags, step));
    if (result.ok) throw new Error('expected a problem');
    order.push(result.problem.option);
    partials.push(result.partial);
  }
  expect(order).toEqual(['--goal', '--roles', '--max-iterations', '--max-minutes', '--agent']);
  expect(partials).toEqual([
    { goal: '', roles: 'single', maxIterations: 88, maxMinutes: null },
    { goal: 'g', roles: 'single', maxIterations: 88, maxMinutes: null },
    { goal: 'g', roles: 'triad', maxIterations: 88, maxMinutes: null },
    { goal: 'g', roles: 'triad', maxIterations: 7, maxMinutes: null },
    { goal: 'g', roles: 'triad', maxIterations: 7, maxMinutes: 5 },
  ]);
});

describe('bounds', () => {
  const endless = optionsOf({ maxIterations: '0', maxMinutes: '0' });

  test('nothing that could end the loop', () => {
    const problem = checkBounds(endless, null);
    expect(problem).toMatchObject({ option: '--max-iterations', source: 'none' });
    expect(problem && optionProblemText(problem)).toBe(
      'The loop would never end: it has no validator and no limit of iterations or minutes. ' +
        'Give --validator, --max-iterations or --max-minutes.',
    );
  });

  test('a limit of tokens alone, which an agent may never tell of', () => {
    expect(checkBounds({ ...endless, maxTokens: 1 }, null)).not.toBeNull();
  });

  test.each<[string, Partial<LoopOptions>, string | null]>([
    ['a validator', {}, 'npm test'],
    ['iterations', { maxIterations: 1 }, null],
    ['minutes', { maxMinutes: 0.5 }, null],
  ])('%s are enough', (_, more, validator) => {
    expect(checkBounds({ ...endless, ...more }, validator)).toBeNull();
  });
});
