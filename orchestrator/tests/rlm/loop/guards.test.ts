import { afterEach, describe, expect, it } from 'vitest';
import { expectEnd, makeLoopRepo, type LoopRepo } from './loopRig.ts';

let repo: LoopRepo;

afterEach(() => repo.cleanup());

const FILES = { 'tests/a.txt': 'hard\n' };
const WARNING = 'Protected files changed: tests/a.txt';

describe('protected files', () => {
  it.each([
    ['changed', 'echo easy > tests/a.txt'],
    ['deleted', 'rm -f tests/a.txt'],
    ['changed and committed', 'echo easy > tests/a.txt; git commit -qam easy || :'],
  ])('%s: a validator that passes is no pass', async (_, agent) => {
    repo = await makeLoopRepo({ agent: [agent], validator: ['exit 0'], files: FILES });
    const result = await repo.rlm(['--protect', 'tests/**', '--max-iterations', '2']);
    const state = await expectEnd(repo, result, {
      status: 'max_iterations',
      exitCode: 3,
      reason:
        'Goal not reached: 2 of 2 iterations used, the validator passes only with protected files changed.',
    });
    expect(state.iterations.map((one) => one.validatorExitCode)).toEqual([0, 0]);
    expect(state.protectedFilesChanged).toEqual(['tests/a.txt']);
    expect(result.stdout).toContain(`\nwarning: ${WARNING}\n`);
    expect((await repo.manifest()).summary).toContain(WARNING);
    expect(await repo.prompt(2)).toContain(
      'Protected files are not as they were when the loop began: "tests/a.txt".',
    );
  });

  it('put back make it one', async () => {
    repo = await makeLoopRepo({
      agent: ['echo easy > tests/a.txt', 'git checkout -q tests/a.txt'],
      validator: ['exit 0'],
      files: FILES,
    });
    const result = await repo.rlm([], { env: { RLM_PROTECT: 'docs/**, tests/*.txt' } });
    const state = await expectEnd(repo, result, {
      status: 'passed',
      exitCode: 0,
      reason: 'Goal reached: the validator passed in iteration 2 of 88.',
    });
    expect(state.protectedFilesChanged).toEqual([]);
    expect(result.stdout).not.toContain(WARNING);
    expect(result.stdout).toContain(
      '    warning: protected files have changed, so nothing counts as passed: tests/a.txt\n',
    );
  });

  it('left as they are, with a validator that passes, end the loop as without', async () => {
    repo = await makeLoopRepo({ agent: ['echo 1 > work'], validator: ['exit 0'], files: FILES });
    await repo.write('tests/a.txt', 'changed before the loop began\n');
    const state = await expectEnd(repo, await repo.rlm(['--protect', 'tests/**']), {
      status: 'passed',
      exitCode: 0,
      reason: 'Goal reached: the validator passed in iteration 1 of 88.',
    });
    expect(state.protectedFilesChanged).toEqual([]);
  });

  it('that keep changing without a pass count as no progress', async () => {
    repo = await makeLoopRepo({ agent: ['echo easy > tests/a.txt'], validator: ['exit 0'], files: FILES });
    await expectEnd(repo, await repo.rlm(['--protect', 'tests/**']), {
      status: 'no_progress',
      exitCode: 3,
      reason:
        'Goal not reached: no progress in iteration 3 of 88 (files and failure were the same 3 times), ' +
        'the validator passes only with protected files changed.',
    });
    expect(await repo.calls('validator')).toBe(3);
  });
});

describe('files that the validator depends on', () => {
  const files = { 'check.sh': 'exit 1\n' };

  it('changed by the agent: the pass is flagged wherever it is told', async () => {
    repo = await makeLoopRepo({ agent: ['echo "exit 0" > check.sh'], files });
    const result = await repo.rlm(['--validator', 'sh ./check.sh']);
    const state = await expectEnd(repo, result, {
      status: 'passed',
      exitCode: 0,
      reason: 'Goal reached: the validator passed in iteration 1 of 88.',
    });
    const warning = 'Validator passed, but files it depends on changed: check.sh';
    expect(result.stdout).toContain(`\nwarning: ${warning}\n`);
    expect((await repo.manifest()).summary).toContain(warning);
    expect(state.validatorFilesChanged).toEqual(['check.sh']);
    expect(state.iterations[0]?.validatorFilesChanged).toEqual(['check.sh']);
  });

  it('changed and put back: the agent was told, the end is clean', async () => {
    repo = await makeLoopRepo({
      agent: ['echo "exit 2" > check.sh', 'git checkout -q check.sh; echo done > work'],
      files: { 'check.sh': 'grep -q done work\n' },
    });
    const result = await repo.rlm(['--validator', 'sh check.sh']);
    const state = await expectEnd(repo, result, {
      status: 'passed',
      exitCode: 0,
      reason: 'Goal reached: the validator passed in iteration 2 of 88.',
    });
    expect(await repo.prompt(2)).toContain(
      'Files on which the validator depends are not as they were when the loop began: "check.sh".',
    );
    expect(state.validatorFilesChanged).toEqual([]);
    expect(result.stdout).not.toContain('Validator passed, but');
  });
});
