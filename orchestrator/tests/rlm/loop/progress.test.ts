import { afterEach, describe, expect, it } from 'vitest';
import { expectEnd, makeLoopRepo, type LoopRepo } from './loopRig.ts';

let repo: LoopRepo;

afterEach(() => repo.cleanup());

const SAME = 'No progress: the last two iterations ended with the same files and the same failing output.';
const CIRCLES = 'Going in circles: the last iterations took turns between the same two states';

describe('a loop that leads nowhere', () => {
  it('tells the agent once, then ends', async () => {
    repo = await makeLoopRepo({ validator: ['echo "1 failed in 0.$(date +%N) s"; exit 1'] });
    const result = await repo.rlm();
    await expectEnd(repo, result, {
      status: 'no_progress',
      exitCode: 3,
      reason:
        'Goal not reached: no progress in iteration 3 of 88 (files and failure were the same 3 times), ' +
        'the validator still fails (exit code 1).',
    });
    expect(await repo.prompt(2)).not.toContain(SAME);
    expect(await repo.prompt(3)).toContain(SAME);
    expect(result.stdout).toContain(
      '    no progress: files and failure are the same as one iteration before; the agent is told, and the loop ends if that does not help\n',
    );
  });

  it('goes on when that helps', async () => {
    repo = await makeLoopRepo({
      agent: [':', ':', 'echo 1 > work', ':', 'echo 2 > work'],
      validator: ['grep -q 2 work'],
    });
    await expectEnd(repo, await repo.rlm(), {
      status: 'passed',
      exitCode: 0,
      reason: 'Goal reached: the validator passed in iteration 5 of 88.',
    });
    expect(await repo.prompt(4)).not.toContain(SAME);
    expect(await repo.prompt(5)).toContain(SAME);
  });

  it('by turns between two states is told so, then ends', async () => {
    repo = await makeLoopRepo({ agent: ['echo $((n % 2)) > work'], validator: ['cat work; exit 1'] });
    const result = await repo.rlm();
    await expectEnd(repo, result, {
      status: 'no_progress',
      exitCode: 3,
      reason:
        'Goal not reached: no progress in iteration 5 of 88 (the iterations took turns between two states), ' +
        'the validator still fails (exit code 1).',
    });
    expect(await repo.prompt(4)).not.toContain(CIRCLES);
    expect(await repo.prompt(5)).toContain(CIRCLES);
    expect(result.stdout).toContain(
      '    going in circles: the last iterations took turns between two states;',
    );
  });
});

describe('a loop goes on to the end of its budget', () => {
  it.each([
    ['while files change', 'echo "$n" > work', 'exit 1'],
    [
      'while files change that git ignores nowhere and the agent commits',
      'git commit -q --allow-empty -m "$n"; echo "$n" > work',
      'exit 1',
    ],
    ['while the failure changes', ':', 'echo "failed: $(printf "%.${n}s" abcdef)"; exit 1'],
    ['without a validator, whatever happens', ':', 'none'],
  ])('%s', async (_, agent, validator) => {
    repo = await makeLoopRepo({ agent: [agent], validator: [validator] });
    const args = validator === 'none' ? ['--validator', 'none'] : [];
    expect((await repo.rlm(['--max-iterations', '4', ...args])).code).toBe(validator === 'none' ? 0 : 3);
    expect(await repo.calls('agent')).toBe(4);
    expect((await repo.state()).final?.status).toBe(
      validator === 'none' ? 'budget_complete' : 'max_iterations',
    );
  });
});

it('hands on what the validator said and what the agent did', async () => {
  repo = await makeLoopRepo({
    agent: ['echo Summary: first try; echo Next: try again; echo 1 > work'],
    validator: ['echo "Error: the door is locked"; echo "on stderr" >&2; exit 7', 'exit 0'],
  });
  const result = await repo.rlm();
  expect(result.code).toBe(0);
  const prompt = await repo.input(2);
  for (const told of [
    'first try',
    'try again',
    'Error: the door is locked',
    'on stderr',
    'work',
    'exit code 7',
  ]) {
    expect(prompt).toContain(told);
  }
  expect(result.stdout).toMatch(/^ {4}validator: exit code 7 after .*: Error: the door is locked$/m);
  expect(result.stdout).toContain('    summary: first try\n');
  const log = await repo.loopFile('validator-1.log');
  expect(log).toMatch(/^\[[^\]]+\] \$ .*\nError: the door is locked\non stderr\n\[exit\] 7\n$/);
  const [first] = (await repo.state()).iterations;
  expect(first?.diffSummary).toContain('work');
  expect(first?.validatorLogPath).toMatch(/^\.runs\/0101\/cli\/.*\/rlm\/validator-1\.log$/);
  expect(first).toMatchObject({
    summary: 'first try',
    next: 'try again',
  });
});

it('tells of a validator that failed without a word', async () => {
  repo = await makeLoopRepo({ validator: ['exit 9'] });
  expect((await repo.rlm(['--max-iterations', '2'])).code).toBe(3);
  expect(await repo.input(2)).toContain('It failed with exit code 9.');
});

it('believes a validator that prints more than 10 MiB', async () => {
  repo = await makeLoopRepo({ validator: ['yes "one more line" | head -c 11000000', 'exit 1'] });
  expect((await repo.rlm()).code).toBe(0);
  expect((await repo.state()).final?.status).toBe('passed');
});
