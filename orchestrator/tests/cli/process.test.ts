import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { VERSION } from '../../src/version.ts';
import { cliPath, runCli } from '../support/runCli.ts';
import { makeRepo, type SandboxRepo } from '../support/sandboxRepo.ts';

const run = promisify(execFile);

let repo: SandboxRepo;

beforeAll(async () => {
  const stages = ['one', 'two'].map((id) => ({ kind: 'command', id, title: id, command: `echo ${id}` }));
  repo = await makeRepo({ config: { pipelines: [{ id: 'diagnostics', title: 'D', stages }] } });
});
afterAll(() => repo.cleanup());

/** Runs shell text in the repository with `cli` as the command line; resolves with what reached stdout and stderr. */
async function shell(text: string): Promise<{ stdout: string; stderr: string }> {
  const script = `cli() { "$NODE" "$CLI" "$@"; }\n${text}`;
  const env = { ...process.env, NODE: process.execPath, CLI: cliPath() };
  return run('bash', ['-c', script], { cwd: repo.root, env });
}

test.each(['--version', '-v', 'version'])('%s', async (word) => {
  expect(await runCli([word], { cwd: repo.root })).toMatchObject({
    code: 0,
    stdout: `${VERSION}\n`,
    stderr: '',
  });
});

test('exit code and words reach the shell', async () => {
  expect(await runCli(['statr'], { cwd: repo.root })).toEqual({
    code: 64,
    signal: null,
    stdout: '',
    stderr:
      'error: Unknown command "statr". Did you mean "start"?\nRun `codex-orchestrator --help` for what is possible.\n',
  });
});

test('a bad task id in the environment is one clear message', async () => {
  const { code, stderr } = await runCli(['status'], { cwd: repo.root, env: { MCP_RUNNER_TASK_ID: '../x' } });
  expect([code, stderr]).toEqual([
    64,
    'error: Invalid MCP_RUNNER_TASK_ID "../x": it must not start with a dot.\n',
  ]);
});

test('colours follow FORCE_COLOR and NO_COLOR', async () => {
  const coloured = await runCli(['statr'], { cwd: repo.root, env: { FORCE_COLOR: '1' } });
  expect(coloured.stderr.startsWith('\u001b[31merror:\u001b[39m ')).toBe(true);
  const plain = await runCli(['statr'], { cwd: repo.root, env: { NO_COLOR: '1' } });
  expect(plain.stderr).toMatch(/^error: /);
});

test('a reader that goes away ends nothing', async () => {
  const { stdout, stderr } = await shell('cli start | head -n 1; echo "code ${PIPESTATUS[0]}"');
  expect(stdout).toMatch(/^codex-orchestrator \S+ · diagnostics · 2 stages · run \S+\ncode 0\n$/);
  expect(stderr).toBe('');
  expect(await repo.manifest()).toMatchObject({ status: 'succeeded' });
});

test('once it has gone, nobody waits for changes any more', async () => {
  const { stdout } = await shell('cli start --watch | head -n 1; echo "code ${PIPESTATUS[0]}"');
  expect(stdout).toMatch(/\ncode 0\n$/);
  expect(await repo.manifest()).toMatchObject({ status: 'succeeded' });
});

test('output that cannot be written does not stop a run, but is an error in the end', async () => {
  const { stdout, stderr } = await shell('cli start > /dev/full; echo "code $?"');
  expect(stdout).toBe('code 73\n');
  expect(stderr).toBe('error: Cannot write to standard output: the disk is full (ENOSPC).\n');
  expect(await repo.manifest()).toMatchObject({ status: 'succeeded' });
});

test('a closed stdout is no error', async () => {
  expect(await shell('cli runs >&-; echo "code $?"')).toMatchObject({ stdout: 'code 0\n', stderr: '' });
});

test('all of a long output arrives at a slow reader', async () => {
  const { stdout } = await shell('cli --help | (sleep 0.2; wc -c); cli --help | wc -c');
  const [slow, fast] = stdout.trim().split(/\s+/);
  expect(Number(slow)).toBeGreaterThan(1000);
  expect(slow).toBe(fast);
});
