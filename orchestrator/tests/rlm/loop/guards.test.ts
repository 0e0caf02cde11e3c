import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
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

describe('protection', () => {
  const passesOnlyChanged =
    'Goal not reached: 1 of 1 iteration used, the validator passes only with protected files changed.';
  const end = { status: 'max_iterations' as const, exitCode: 3, reason: passesOnlyChanged };
  const once = ['--max-iterations', '1'];

  it('covers what git does not see: ignored files, other repositories, and what it does not know at all', async () => {
    repo = await makeLoopRepo({
      agent: [
        'for file in tests/local sub/check; do echo easy > $file; done; rm -rf .git; echo 1 > tests/new',
      ],
      validator: ['exit 0'],
      files: { '.gitignore': 'tests/\n', 'tests/local': 'hard\n' },
    });
    await repo.git('init', '-q', 'sub');
    await repo.write('sub/check', 'hard\n');
    const result = await repo.rlm(['--protect', 'tests', '--protect', 'sub', ...once]);
    const state = await expectEnd(repo, result, end);
    expect(state.protectedFilesChanged).toEqual(['sub/check', 'tests/local', 'tests/new']);
    expect(result.stdout).not.toContain('matches no file');
  });

  it('covers a folder of a repository, from there', async () => {
    repo = await makeLoopRepo({
      agent: ['echo easy > tests/a'],
      validator: ['exit 0'],
      files: { 'part/tests/a': 'hard\n', 'tests/a': 'other\n' },
    });
    const root = repo.path('part');
    const result = await repo.rlm(['--protect', 'tests/**', ...once], {
      cwd: root,
      env: { CODEX_ORCHESTRATOR_ROOT: root },
    });
    expect(result).toMatchObject({ code: 3 });
    expect(result.stdout).toContain(passesOnlyChanged);
    expect(result.stdout).toContain('\nwarning: Protected files changed: tests/a\n');
  });

  it('does not count a pass during which a file changed', async () => {
    repo = await makeLoopRepo({ validator: ['echo easy > tests/a.txt; exit 0'], files: FILES });
    const state = await expectEnd(repo, await repo.rlm(['--protect', 'tests/**', ...once]), end);
    expect(state.iterations[0]?.validatorExitCode).toBe(0);
    expect(state.iterations[0]?.failureSignature).toMatch(/^protected-[\da-f]{32}$/);
  });

  it('keeps the state small, whatever the number of files', async () => {
    repo = await makeLoopRepo({
      agent: ['i=100; while [ $i -lt 250 ]; do echo > tests/$i; i=$((i + 1)); done'],
      validator: ['exit 0'],
      files: FILES,
    });
    const state = await expectEnd(repo, await repo.rlm(['--protect', 'tests', ...once]), end);
    expect(state.protectedFilesChanged).toHaveLength(100);
    expect(state.protectedFilesChanged[99]).toBe('tests/199');
    expect(state.iterations[0]?.failureSignature).toHaveLength('protected-'.length + 32);
  });

  it('says which glob matches no file', async () => {
    repo = await makeLoopRepo({ validator: ['exit 0'], files: FILES });
    const result = await repo.rlm(['--protect', 'tests/**', '--protect', 'test/**', '--protect', '!docs']);
    expect(result.code).toBe(0);
    expect(result.stdout.match(/.*matches no file/g)).toEqual([
      '  warning: --protect "test/**" matches no file',
    ]);
    expect(result.stdout.indexOf('matches no file')).toBeLessThan(result.stdout.indexOf('Iteration 1'));
    const { stdout: log } = await repo.cli(['logs']);
    expect(log).toContain('warning: --protect "test/**" matches no file');
  });

  it('goes on after an interruption with how the files were at the beginning', async () => {
    repo = await makeLoopRepo({
      agent: ['echo easy > tests/a.txt', ':', 'echo hard > tests/a.txt'],
      validator: ['exit 0'],
      files: FILES,
    });
    await expectEnd(repo, await repo.rlm(['--protect', 'tests', ...once]), end);
    expect(await repo.cli(['resume', '--max-iterations', '2'])).toMatchObject({ code: 3 });
    expect((await repo.state()).protectedFilesChanged).toEqual(['tests/a.txt']);
    expect(await repo.cli(['resume', '--max-iterations', '3'])).toMatchObject({ code: 0 });
    expect(await repo.state()).toMatchObject({ final: { status: 'passed' }, protectedFilesChanged: [] });
  });

  it('does not take changed files for the first ones when its note is gone', async () => {
    repo = await makeLoopRepo({ agent: ['echo easy > tests/a.txt'], validator: ['exit 0'], files: FILES });
    await expectEnd(repo, await repo.rlm(['--protect', 'tests', ...once]), end);
    const note = path.join(await repo.runDir(), 'rlm', 'protected.json');
    for (const damage of [() => writeFile(note, '{ "files": {'), () => rm(note)]) {
      // oxlint-disable-next-line no-await-in-loop -- one damage after another
      await damage();
      // oxlint-disable-next-line no-await-in-loop
      const resumed = await repo.cli(['resume', '--max-iterations', '2']);
      expect(resumed.code).not.toBe(0);
      expect(`${resumed.stdout}${resumed.stderr}`).toContain('protected.json');
      // oxlint-disable-next-line no-await-in-loop
      expect(await repo.calls('agent')).toBe(1);
    }
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

  it('changed while it passed: that is flagged too', async () => {
    repo = await makeLoopRepo({ files: { 'check.sh': 'echo "# changed" >> check.sh; exit 0\n' } });
    const state = await expectEnd(repo, await repo.rlm(['--validator', 'sh check.sh']), {
      status: 'passed',
      exitCode: 0,
      reason: 'Goal reached: the validator passed in iteration 1 of 88.',
    });
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
