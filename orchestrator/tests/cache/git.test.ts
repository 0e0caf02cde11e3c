import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { git } from '../../src/cache/git/git.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'codex-git-'));
  vi.stubEnv('PATH', folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

async function gitIs(script: string): Promise<void> {
  await writeFile(path.join(folder, 'git'), `#!/bin/sh\n${script}\n`);
  await chmod(path.join(folder, 'git'), 0o755);
}

it.each([
  ['does not come back', 'exec /bin/sleep 600', 100, 'git status did not answer within 0.1 s'],
  ['says no', 'echo "fatal: no" >&2; exit 128', 60_000, 'fatal: no'],
])('a git that %s fails, and that is said', async (_, script, patienceMs, message) => {
  await gitIs(script);
  const failure = { kind: 'git-failed', message };
  await expect(git(folder, ['status'], patienceMs)).rejects.toMatchObject({ failure });
});

it('git that is not there is named', async () => {
  const failure = { kind: 'git-failed', message: 'spawn git ENOENT' };
  await expect(git(folder, ['status'])).rejects.toMatchObject({ failure });
});
