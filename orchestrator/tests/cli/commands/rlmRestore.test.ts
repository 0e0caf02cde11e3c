import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, it, test } from 'vitest';
import { runRlmRestore } from '../../../src/cli/commands/rlmRestore.ts';
import { makeGitRepo, type GitRepo } from '../../rlm/workspace/gitRepo.ts';
import { deadOwner, liveOwner, RUN_ID, storeRun } from '../../run/storedRun.ts';
import { memoryStream } from '../present/memoryStream.ts';
import { runMain, type MainResult } from '../runMain.ts';

const UNDO = 'before-restore-2026-11-22T12-46-41-046Z';
const UNDO_LINE = `Undo it with \`codex-orchestrator rlm restore --run ${RUN_ID} --iteration ${UNDO}\`.\n`;

let repo: GitRepo;

beforeEach(async () => {
  repo = await makeGitRepo();
});
afterEach(() => repo.cleanup());

/** A run that ended, with two checkpoints, and changes after them. */
async function storeLoop(): Promise<void> {
  await storeRun(repo.root, { manifest: { status: 'failed' } });
  await repo.write('changed', 'one\n');
  await repo.write('gone', 'g\n');
  await record(1);
  await repo.write('changed', 'two\n');
  await record(2);
  await repo.write('changed', 'three\n');
  await repo.write('later\u001b[2J', 'l\n');
  await repo.remove('gone');
}

async function record(iteration: number): Promise<void> {
  const dir = path.join(repo.root, '.runs/0101/cli', RUN_ID, 'rlm');
  const workspace = await repo.workspace({ runId: RUN_ID, dir });
  await workspace.checkpoint(await workspace.snapshot(), iteration);
}

function restore(...args: string[]): Promise<MainResult> {
  return runMain(['rlm', 'restore', ...args], { cwd: repo.root, env: { ...repo.env, TZ: 'UTC' } });
}

/** The command on a terminal where somebody types `answer`. */
async function answered(answer: string): Promise<{ error: unknown; stdout: string; stderr: string }> {
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  stdin.end(answer);
  const [stdout, stderr] = [memoryStream({ isTTY: true }), memoryStream()];
  const context = {
    argv: [],
    env: { ...repo.env, NO_COLOR: '1' },
    cwd: repo.root,
    stdout,
    stderr,
    now: () => new Date('2026-11-22T12:46:41.046Z'),
  };
  const options = { run: undefined, task: undefined, iteration: '1', yes: false, format: 'text' } as const;
  const error: unknown = await runRlmRestore(options, context, stdin).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return { error, stdout: stdout.text(), stderr: stderr.text() };
}

it('lists the checkpoints of a run', async () => {
  await storeLoop();
  const { code, stdout, stderr } = await restore();
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d/g, '<recorded at time>')).toBe(
    [
      'before iteration  recorded          changed until the next',
      '1                 <recorded at time>  1 file',
      '2                 <recorded at time>',
      `Restore one with \`codex-orchestrator rlm restore --run ${RUN_ID} --iteration <n>\`.`,
      '',
    ].join('\n'),
  );
});

it('lists them as JSON', async () => {
  await storeLoop();
  const { stdout } = await restore('--format', 'json');
  expect(JSON.parse(stdout)).toMatchObject({
    run_id: RUN_ID,
    checkpoints: [
      { name: '1', ref: `refs/codex-orchestrator/${RUN_ID}/1`, files_changed: 1 },
      { name: '2', files_changed: null },
    ],
    reason: null,
  });
});

it('shows what would be lost and changes nothing where nobody can be asked', async () => {
  await storeLoop();
  const files = await repo.files();
  const { code, stdout, stderr } = await restore('--iteration', '1');
  expect(code).toBe(77);
  expect(stdout.replace(/recorded [^,]*/, 'recorded <time>')).toBe(
    [
      `Before iteration 1 of run ${RUN_ID}, recorded <time>, in ${repo.root}:`,
      '  ~ changed',
      '  + gone',
      '  − later',
      '3 files: 1 brought back, 1 overwritten, 1 deleted.',
      '',
    ].join('\n'),
  );
  expect(stderr).toBe(
    'error: Nothing was changed: nobody can be asked whether 3 files may be changed.\n' +
      'With --yes it is done without asking.\n',
  );
  expect(await repo.files()).toEqual(files);
  expect(await repo.git('for-each-ref', '--format=%(refname:lstrip=3)', 'refs/codex-orchestrator')).toBe(
    '1\n2',
  );
});

it('says from a folder in the repository that all of it is meant', async () => {
  const folder = path.join(repo.root, 'packages/a');
  await storeRun(folder, { manifest: { status: 'failed' } });
  const dir = path.join(folder, '.runs/0101/cli', RUN_ID, 'rlm');
  const exclude = [path.join(folder, '.runs')];
  await repo.write('top', 'one\n');
  const workspace = await repo.workspace({ repoRoot: folder, runId: RUN_ID, dir, exclude });
  await workspace.checkpoint(await workspace.snapshot(), 1);
  await repo.write('top', 'two\n');
  await repo.write('packages/a/later', 'l\n');
  const args = ['rlm', 'restore', '--iteration', '1', '--yes'];
  const { code, stdout } = await runMain(args, { cwd: folder, env: { ...repo.env, TZ: 'UTC' } });
  expect(code).toBe(0);
  expect(stdout.replace(/recorded [^,]*/, 'recorded <time>')).toBe(
    [
      `Before iteration 1 of run ${RUN_ID}, recorded <time>, in ${folder}:`,
      '  ~ ../../top',
      '  − later',
      '2 files: 1 overwritten, 1 deleted.',
      `A checkpoint is of the whole repository in ${repo.root}.`,
      'Restored 2 files.',
      UNDO_LINE,
    ].join('\n'),
  );
});

it('restores with --yes, and back again', async () => {
  await storeLoop();
  const files = await repo.files();
  const { code, stdout, stderr } = await restore('--run', RUN_ID, '--iteration', '1', '--yes');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain(`\nRestored 3 files.\n${UNDO_LINE}`);
  expect(await repo.files()).toEqual({ changed: 'one\n', gone: 'g\n' });
  const again = await restore('--iteration', '1', '--yes');
  expect(again).toEqual({ code: 0, stdout: 'The files are as in checkpoint 1 already.\n', stderr: '' });
  expect((await restore('--iteration', UNDO, '--yes')).code).toBe(0);
  expect(await repo.files()).toEqual(files);
});

it('prints one document with JSON, the rest on stderr', async () => {
  await storeLoop();
  const { code, stdout, stderr } = await restore('--iteration', '2', '--yes', '--format', 'json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    run_id: RUN_ID,
    checkpoint: '2',
    ref: `refs/codex-orchestrator/${RUN_ID}/2`,
    files: [
      { path: 'changed', kind: 'modified' },
      { path: 'gone', kind: 'added' },
      { path: 'later\u001b[2J', kind: 'deleted' },
    ],
    remaining: [],
    undo: UNDO,
  });
  expect(stderr).toContain('3 files: 1 brought back, 1 overwritten, 1 deleted.\n');
});

test.each(['y\n', 'Yes\n', ' y'])('restores when the answer is %j', async (answer) => {
  await storeLoop();
  const { error, stdout, stderr } = await answered(answer);
  expect(error).toBeNull();
  expect(stderr).toBe('Restore? [y/N] ');
  expect(stdout).toContain(`Restored 3 files.\n${UNDO_LINE}`);
  expect(await repo.files()).toEqual({ changed: 'one\n', gone: 'g\n' });
});

test.each(['\n', 'n\n', 'yellow\n', ''])('changes nothing when the answer is %j', async (answer) => {
  await storeLoop();
  const files = await repo.files();
  const { error, stdout } = await answered(answer);
  expect(error).toMatchObject({ failure: { kind: 'not-confirmed', wasAsked: true } });
  expect(stdout).not.toContain('Restored');
  expect(await repo.files()).toEqual(files);
});

it('refuses while the loop goes on', async () => {
  await storeLoop();
  const run = await storeRun(repo.root);
  await run.ownedBy(liveOwner());
  const files = await repo.files();
  const { code, stderr } = await restore('--iteration', '1', '--yes');
  expect(code).toBe(75);
  expect(stderr).toContain(`error: Run ${RUN_ID} is being worked on by process ${process.pid} on `);
  expect(await repo.files()).toEqual(files);
  expect((await restore()).code).toBe(0);
});

it('works on a run whose owner is gone, and lets go of it', async () => {
  await storeLoop();
  const run = await storeRun(repo.root);
  await run.ownedBy(deadOwner());
  expect((await restore('--iteration', '1', '--yes')).code).toBe(0);
  expect(await repo.files()).toEqual({ changed: 'one\n', gone: 'g\n' });
  expect((await restore('--iteration', UNDO, '--yes')).code).toBe(0);
});

it('names the checkpoints there are', async () => {
  await storeLoop();
  const { code, stderr } = await restore('--iteration', '3', '--yes');
  expect(code).toBe(66);
  expect(stderr).toBe(
    `error: Run ${RUN_ID} has no checkpoint "3". Nothing was changed.\nCheckpoints: 1, 2\n`,
  );
});

it('says that there are none without git', async () => {
  await storeRun(repo.root, { manifest: { status: 'failed' } });
  await repo.remove('.git');
  const listed = await restore();
  expect(listed.code).toBe(0);
  expect(listed.stdout).toMatch(
    new RegExp(
      `^Run ${RUN_ID} has no checkpoints: they need git.\\n {2}git rev-parse: fatal: not a git repository`,
    ),
  );
  const { code, stderr } = await restore('--iteration', '1', '--yes');
  expect(code).toBe(66);
  expect(stderr).toContain('There are none without git: git rev-parse: fatal: not a git repository');
});

it('says that a run has none', async () => {
  await storeRun(repo.root);
  expect((await restore()).stdout).toBe(`Run ${RUN_ID} has no checkpoints.\n`);
});

it('passes on what git says', async () => {
  await storeLoop();
  await repo.write(`.git/refs/codex-orchestrator/${RUN_ID}/${UNDO}.lock`, '');
  const { code, stderr } = await restore('--iteration', '1', '--yes');
  expect(code).toBe(73);
  expect(stderr).toMatch(/^error: Git failed\. git update-ref: fatal: .*\n$/);
});

test.each(['0', '-1', '1.5', 'x', 'refs/heads/main'])('rejects iteration %j', async (value) => {
  const { code, stderr } = await restore(`--iteration=${value}`);
  expect(code).toBe(64);
  expect(stderr).toBe(
    `error: Invalid value "${value}" for --iteration: expected the number of an iteration, or a name that begins with before-restore-.\n` +
      'Run `codex-orchestrator rlm restore --help` for what is possible.\n',
  );
});

test.each([[['rlm', 'restore', '--help']], [['help', 'rlm', 'restore']]])(
  '%j shows its help',
  async (argv) => {
    const { code, stdout } = await runMain(argv);
    expect(code).toBe(0);
    expect(stdout).toContain('Usage: codex-orchestrator rlm restore [options]\n');
    expect(stdout).toContain('  --iteration <n> ');
  },
);

test('it stands in the help of the program, and near misses are named', async () => {
  expect((await runMain(['help'])).stdout).toMatch(/^ {2}rlm restore \[options\] +bring back the files/m);
  const { stderr } = await runMain(['help', 'rlm', 'restor']);
  expect(stderr).toContain('Unknown command "rlm restor". Did you mean "rlm restore"?');
  const unknown = await runMain(['rlm', 'restore', '--iteratoin', '1']);
  expect(unknown.stderr).toContain('Unknown flag "--iteratoin" for rlm restore. Did you mean "--iteration"?');
  const words = await runMain(['rlm', 'restore', 'the', 'database']);
  expect(words.stderr).toContain('Too many arguments for rlm restore: expected none, got 2.');
});
