import { afterEach, describe, expect, it } from 'vitest';
import { expectEnd, makeLoopRepo, type LoopRepo } from './loopRig.ts';

let repo: LoopRepo;

afterEach(() => repo.cleanup());

const ITERATIONS =
  'expected a whole number such as 20, or "unlimited", "unbounded", "infinite" or "infinity" (0 means the same).';
const MINUTES = 'expected a number of minutes such as 90 or 0.5 (0 means no limit).';
const AGENTS = 'expected "codex", "claude" or "command".';
const GOAL =
  'Missing --goal: expected words that say what to reach, as an argument or by --goal, --goal-file or RLM_GOAL.';

describe('a wrong option ends a loop with exit code 5 before the agent is called', () => {
  it.each<[name: string, args: string[], env: Record<string, string>, problem: string]>([
    ['3x', ['--max-iterations', '3x'], {}, `Invalid value "3x" for --max-iterations: ${ITERATIONS}`],
    ['half a one', ['--max-iterations=0.5'], {}, `Invalid value "0.5" for --max-iterations: ${ITERATIONS}`],
    [
      'a negative one of the environment',
      [],
      { RLM_MAX_ITERATIONS: '-1' },
      `Invalid value "-1" for --max-iterations (from RLM_MAX_ITERATIONS): ${ITERATIONS}`,
    ],
    ['blank minutes', ['--max-minutes', ' '], {}, `Invalid value " " for --max-minutes: ${MINUTES}`],
    [
      'a unit',
      ['--iteration-minutes', '5m'],
      {},
      'Invalid value "5m" for --iteration-minutes: expected a number of minutes such as 15 or 0.5 (0 means no limit).',
    ],
    [
      'a fraction of a token',
      [],
      { RLM_MAX_TOKENS: '1.5' },
      'Invalid value "1.5" for --max-tokens (from RLM_MAX_TOKENS): expected a whole number of tokens such as 2000000 (0 means no limit).',
    ],
    [
      'an unknown role',
      ['--roles', 'duo'],
      {},
      'Invalid value "duo" for --roles: expected "single" or "triad".',
    ],
    ['an unknown agent', ['--agent', 'gpt'], {}, `Invalid value "gpt" for --agent: ${AGENTS}`],
    [
      'an agent and the command of another',
      ['--agent', 'codex', '--agent-command', 'cat'],
      {},
      '--agent-command is for the agent "command", and the agent is "codex". Give only one of the two.',
    ],
    [
      'a blank glob',
      ['--protect', ' '],
      {},
      'Invalid value " " for --protect: expected a glob of files that must not change, such as "test/**".',
    ],
    [
      'a control sequence',
      ['--max-minutes', '\u001b[31m'],
      {},
      String.raw`Invalid value "\u001b[31m" for --max-minutes: ${MINUTES}`,
    ],
  ])('%s', async (_, args, env, problem) => {
    repo = await makeLoopRepo({ git: false });
    const result = await repo.rlm(args, { env });
    const reason = `Not started: ${problem}`;
    const state = await expectEnd(repo, result, { status: 'invalid_config', exitCode: 5, reason });
    expect(state).toMatchObject({ goal: 'reach the goal', validator: null, iterations: [] });
    expect(await repo.calls('agent')).toBe(0);
  });

  it('shows the numbers of the contract for wrong ones', async () => {
    repo = await makeLoopRepo();
    const result = await repo.rlm(['--max-iterations', '-3', '--max-minutes', 'long', '--roles', 'triad']);
    expect(result.code).toBe(5);
    expect(await repo.state()).toMatchObject({ maxIterations: 88, maxMinutes: null, roles: 'triad' });
  });

  it('of the configuration is told before a run begins', async () => {
    repo = await makeLoopRepo({ config: { pipelines: [], rlm: { maxIterations: '3x' } } });
    const result = await repo.rlm();
    expect(result).toMatchObject({ code: 78, stdout: '' });
    expect(result.stderr).toContain('found "3x", expected a whole number or "unlimited"');
    expect(await repo.runIds()).toEqual([]);
  });
});

describe('a goal', () => {
  it.each<[name: string, args: string[], env: Record<string, string>, input: string | undefined]>([
    ['words of the command line', ['make', 'it', 'work'], {}, undefined],
    ['--goal', ['--goal', ' make it work '], { RLM_GOAL: 'other' }, undefined],
    ['RLM_GOAL', [], { RLM_GOAL: 'make it work' }, undefined],
    ['--goal-file', ['--goal-file', 'goal.md'], { RLM_GOAL: 'other' }, undefined],
    ['standard input', ['-'], {}, 'make it work\n'],
    ['--goal-file -', ['--goal-file', '-'], {}, 'make it work\n'],
  ])('comes from %s', async (_, args, env, input) => {
    repo = await makeLoopRepo({ validator: ['exit 0'], files: { 'goal.md': '\uFEFFmake it work\n' } });
    const result = await repo.cli(['rlm', ...args], { env, ...(input !== undefined && { input }) });
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect((await repo.state()).goal).toBe('make it work');
    expect(await repo.input(1)).toContain('make it work');
  });

  it.each<
    [name: string, args: string[], env: Record<string, string>, input: string | undefined, problem: string]
  >([
    ['not given', [], {}, undefined, GOAL],
    ['blank', ['  '], { RLM_GOAL: 'other' }, undefined, 'Invalid value "" for --goal: expected words'],
    [
      'in a file that is not there',
      ['--goal-file', 'goal.md'],
      { RLM_GOAL: 'other' },
      undefined,
      'Cannot read goal.md: it does not exist (ENOENT).',
    ],
    ['an empty standard input', ['-'], {}, '', 'Standard input is no goal: it is blank.'],
    ['no text', ['-'], {}, '\0', 'Standard input is no goal: it has a NUL byte, so it is no text.'],
  ])('that is %s is told', async (_, args, env, input, problem) => {
    repo = await makeLoopRepo({ git: false });
    const result = await repo.cli(['rlm', ...args], { env, ...(input !== undefined && { input }) });
    const { final, goal } = await repo.state();
    expect(goal).toBe('');
    expect(final?.reason).toContain(problem);
    const { reason = '' } = final ?? {};
    await expectEnd(repo, result, { status: 'invalid_config', exitCode: 5, reason });
  });

  it('in two places is a usage error', async () => {
    repo = await makeLoopRepo();
    const result = await repo.rlm(['--goal-file', 'goal.md']);
    expect(result).toMatchObject({ code: 64, stdout: '' });
    expect(result.stderr).toContain('Both --goal-file and a goal as an argument were given');
    expect(await repo.runIds()).toEqual([]);
  });

  it('of 10 MB reaches the agent as a whole', async () => {
    const goal = 'Ten million bytes of goal: ä\n'.repeat(340_000).trim();
    repo = await makeLoopRepo({ validator: ['exit 0'], files: { 'goal.md': goal } });
    const result = await repo.cli(['rlm', '--goal-file', 'goal.md']);
    expect(result.code).toBe(0);
    expect((await repo.input(1)).includes(goal)).toBe(true);
    expect((await repo.state()).goal === goal).toBe(true);
    // Whoever watches is told its beginning.
    expect(result.stdout.length).toBeLessThan(3000);
  });
});

describe('of an option in several places', () => {
  const config = {
    pipelines: [],
    rlm: { maxIterations: 2, maxMinutes: 7, iterationMinutes: 3, roles: 'triad' },
  };

  it('the flag counts before the environment, that before the configuration', async () => {
    repo = await makeLoopRepo({ config, validator: ['exit 0'] });
    const env = { RLM_MAX_ITERATIONS: '3', RLM_MAX_MINUTES: '0.5', RLM_ITERATION_MINUTES: '  ' };
    const result = await repo.rlm(['--max-iterations', 'unlimited'], { env });
    expect(result.code).toBe(0);
    const expected = { maxIterations: 0, maxMinutes: 0.5, iterationMinutes: 3, roles: 'triad' };
    expect(await repo.state()).toMatchObject(expected);
  });

  it('a command of the configuration is called with its arguments', async () => {
    repo = await makeLoopRepo({
      config: {
        pipelines: [],
        rlm: { agentCommand: 'printf "%s|"', agentArgs: ['a b', '$HOME'], validator: 'exit 0' },
      },
    });
    const env = { RLM_AGENT_COMMAND: undefined, RLM_VALIDATOR: undefined };
    expect(await repo.rlm([], { env })).toMatchObject({ code: 0 });
    expect(await repo.loopFile('agent-1.jsonl')).toContain('a b|$HOME|');
    expect(await repo.state()).toMatchObject({ validator: 'exit 0', agent: { kind: 'command' } });
  });
});

describe('start rlm', () => {
  it.each<[name: string, args: string[], env: Record<string, string | undefined>]>([
    ['flags', ['--goal', 'reach the goal', '--max-iterations', '2'], {}],
    ['the environment', [], { RLM_GOAL: 'reach the goal', RLM_MAX_ITERATIONS: '2' }],
  ])('with %s ends as rlm does', async (_, args, env) => {
    repo = await makeLoopRepo();
    const result = await repo.cli(['start', 'rlm', ...args], { env });
    await expectEnd(repo, result, {
      status: 'max_iterations',
      exitCode: 3,
      reason: 'Goal not reached: 2 of 2 iterations used, the validator still fails (exit code 1).',
    });
    expect(await repo.input(1)).toContain('reach the goal');
  });

  it('reads the goal from a file and ends with 0 when the validator passes', async () => {
    repo = await makeLoopRepo({ validator: ['exit 0'] });
    const result = await repo.cli(['start', 'rlm', '--goal-file', '-'], { input: 'reach the goal' });
    await expectEnd(repo, result, {
      status: 'passed',
      exitCode: 0,
      reason: 'Goal reached: the validator passed in iteration 1 of 88.',
    });
    expect(await repo.input(1)).toContain('reach the goal');
  });

  it('without a goal ends with 5', async () => {
    repo = await makeLoopRepo();
    const result = await repo.cli(['start', 'rlm']);
    await expectEnd(repo, result, {
      status: 'invalid_config',
      exitCode: 5,
      reason: `Not started: ${GOAL}`,
    });
    expect(await repo.calls('agent')).toBe(0);
  });
});
