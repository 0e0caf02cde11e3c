import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../tools/bundle.ts';
import { makeRepo } from './support/sandboxRepo.ts';
import type { SandboxRepo } from './support/sandboxRepo.ts';

const README_COMMANDS = ['npm ci && npx codex-orchestrator start diagnostics', 'npm ci && npm test'];

let repo: SandboxRepo;

beforeEach(async () => {
  repo = await makeRepo();
  await mkdir(repo.path('.ci'));
  await copyFile(path.join(PACKAGE_ROOT, '.ci/run'), repo.path('.ci/run'));
});
afterEach(() => repo.cleanup());

/** Runs `.ci/run` in an empty checkout, where `npm` and `npx` are these shell scripts. */
async function run(npm: string, npx: string): Promise<{ code: unknown; lines: string[] }> {
  for (const [name, script] of Object.entries({ npm, npx })) {
    await repo.write(`bin/${name}`, `#!/bin/sh\n${script}\n`);
    await chmod(repo.path('bin', name), 0o755);
  }
  const env = {
    ...process.env,
    PATH: `${repo.path('bin')}${path.delimiter}${process.env['PATH']}`,
    TMPDIR: repo.path('bin'),
  };
  return new Promise((resolve) => {
    execFile(repo.path('.ci/run'), { cwd: '/', env }, (error, stdout) => {
      resolve({ code: error === null ? 0 : error.code, lines: stdout.trim().split('\n') });
    });
  });
}

const REPORTING = `[ "$1" = test ] && echo '{"numPassedTests":7,"numFailedTests":COUNT}' > "$CODEX_TEST_REPORT"`;

it('runs both commands in the checkout and says how many tests passed', async () => {
  const npm = `echo "npm $* in $PWD"\n${REPORTING.replace('COUNT', '0')}\nexit 0`;
  const result = await run(npm, 'echo "npx $*"');
  expect(result).toEqual({
    code: 0,
    lines: [
      `$ ${README_COMMANDS[0]}`,
      `npm ci in ${repo.root}`,
      'npx codex-orchestrator start diagnostics',
      '',
      `$ ${README_COMMANDS[1]}`,
      `npm ci in ${repo.root}`,
      `npm test in ${repo.root}`,
      '7 passed, 0 failed',
    ],
  });
  expect(await readdir(repo.path('bin'))).toEqual(['npm', 'npx']);
});

it('fails with the tests and says how many', async () => {
  const npm = `${REPORTING.replace('COUNT', '2')}\n[ "$1" = test ] && exit 3\nexit 0`;
  const result = await run(npm, 'true');
  expect(result.code).toBe(3);
  expect(result.lines.at(-1)).toBe('7 passed, 2 failed');
});

it('invents no numbers when the tests did not run', async () => {
  const result = await run('[ "$1" = test ] && echo "type error" && exit 2\nexit 0', 'true');
  expect(result.code).toBe(2);
  expect(result.lines.at(-1)).toBe('type error');
});

it.each([
  ['the installation fails', 'exit 9', 'true', 9],
  ['the main job fails', 'true', 'exit 1', 1],
])('stops when %s', async (_, npm, npx, code) => {
  const result = await run(npm, npx);
  expect(result).toEqual({ code, lines: [`$ ${README_COMMANDS[0]}`] });
});
