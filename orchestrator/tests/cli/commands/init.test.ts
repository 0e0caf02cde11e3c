import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runMain } from '../runMain.ts';

let repo = '';

beforeEach(async () => {
  repo = await mkdtemp(path.join(tmpdir(), 'init-'));
  const scripts = { build: 'tsc', test: 'vitest', start: 'node .' };
  await writeFile(path.join(repo, 'package.json'), JSON.stringify({ name: 'x', scripts }));
});
afterEach(() => rm(repo, { recursive: true, force: true }));

const FILE = 'codex.orchestrator.json';
const read = () => readFile(path.join(repo, FILE), 'utf8');

test('writes what was detected and says what to do next', async () => {
  const { code, stdout, stderr } = await runMain(['init'], { cwd: repo });
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(
    /^Wrote codex\.orchestrator\.json: pipeline diagnostics with 2 stages\.\n {2}build {2}npm run build {2}/,
  );
  expect(stdout).toMatch(/\nNext: codex-orchestrator start diagnostics\n$/);
  const config: unknown = JSON.parse(await read());
  expect(config).toMatchObject({
    pipelines: [{ id: 'diagnostics', stages: [{ id: 'build' }, { id: 'test' }] }],
  });
  const plan = await runMain(['plan'], { cwd: repo });
  expect(plan.stdout).toContain('[user]');
  expect(plan.stderr).toBe('');
});

test('a file that is there stays as it is', async () => {
  await writeFile(path.join(repo, FILE), 'mine');
  expect(await runMain(['init', 'codex'], { cwd: repo })).toEqual({
    code: 77,
    stdout: '',
    stderr: `error: ${FILE} exists already. Nothing was changed.\nWith --force it is replaced.\n`,
  });
  expect(await read()).toBe('mine');
});

test('--force replaces it', async () => {
  await writeFile(path.join(repo, FILE), 'mine');
  expect((await runMain(['init', '--force'], { cwd: repo })).code).toBe(0);
  expect(JSON.parse(await read())).toMatchObject({ defaultPipeline: 'diagnostics' });
});

test('--print shows the file and writes nothing', async () => {
  const { code, stdout } = await runMain(['init', '--print'], { cwd: repo });
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ defaultPipeline: 'diagnostics' });
  expect(await readdir(repo)).toEqual(['package.json']);
});

test('--format json prints one document', async () => {
  const { code, stdout } = await runMain(['init', '--format', 'json'], { cwd: repo });
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ status: 'written', path: FILE, detected: true });
});

test('--cwd looks at and writes to another folder', async () => {
  const { code, stdout } = await runMain(['init', '--cwd', path.basename(repo)], { cwd: path.dirname(repo) });
  expect(code).toBe(0);
  expect(stdout).toContain(`Wrote ${path.basename(repo)}/${FILE}:`);
  expect(await read()).toContain('npm run build');
});

test('a repository where nothing is detected gets an example to fill in', async () => {
  await rm(path.join(repo, 'package.json'));
  const { code, stdout } = await runMain(['init'], { cwd: repo });
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /Nothing was detected here, so the stages are examples\. Next: put your commands into the file\.\n$/,
  );
});

test('a folder that is not there', async () => {
  const folder = path.join(repo, 'missing');
  expect(await runMain(['init', '--cwd', folder])).toEqual({
    code: 73,
    stdout: '',
    stderr: `error: Cannot look at ${folder}: it does not exist (ENOENT).\n`,
  });
});

test('a folder in the place of the file', async () => {
  await mkdir(path.join(repo, FILE));
  const { code, stderr } = await runMain(['init', '--force'], { cwd: repo });
  expect(code).toBe(73);
  expect(stderr).toMatch(
    /^error: Cannot replace .*codex\.orchestrator\.json: it is a folder, not a file \(EISDIR\)\.\n$/,
  );
  expect(await readdir(repo)).toEqual([FILE, 'package.json']);
});
