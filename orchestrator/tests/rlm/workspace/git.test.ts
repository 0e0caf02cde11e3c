import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createGit, type Git } from '../../../src/rlm/workspace/git.ts';
import { probeProcess, identifyProcess, type ProcessIdentity } from '../../../src/storage/processIdentity.ts';
import { eventually } from '../../support/eventually.ts';

let folder: string;
let cancel: AbortController;

beforeEach(async () => {
  cancel = new AbortController();
  folder = await mkdtemp(path.join(tmpdir(), 'codex-fake-git-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A program called git that does what the script says. */
async function fakeGit(script: string, env: NodeJS.ProcessEnv = {}): Promise<Git> {
  await writeFile(path.join(folder, 'git'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return createGit(
    folder,
    { PATH: `${folder}:${process.env['PATH']}`, ...env },
    { own: { OWN: 'own' }, signal: cancel.signal },
  );
}

it('ends git when there is enough of its output', async () => {
  const git = await fakeGit('echo $$; exec yes');
  const { stdout, isCut } = await git(['x'], { limit: 1000 });
  expect(stdout).toHaveLength(1000);
  expect(isCut).toBe(true);
  const identity = identifyProcess(Number.parseInt(stdout.toString(), 10));
  await eventually(() => probeProcess(identity) === 'dead');
});

it('says whether there was more, to the byte', async () => {
  const git = await fakeGit('printf 12345');
  expect((await git(['x'], { limit: 5 })).isCut).toBe(false);
  expect((await git(['x'], { limit: 4 })).stdout.toString()).toBe('1234');
});

it('takes endless output that nobody asked to be cut for an error', async () => {
  const git = await fakeGit('exec yes');
  await expect(git(['ls-files'])).rejects.toThrow(/^git ls-files: it printed more than 64 MiB$/);
});

it.each([
  ['echo "warning: w" >&2; echo "hint: h" >&2; echo "fatal: why" >&2; exit 128', 'git x: fatal: why'],
  ['echo "usage: git" >&2; exit 129', 'git x: usage: git'],
  ['exit 3', 'git x: it ended with exit code 3'],
  ['kill -9 $$', 'git x: it was ended by SIGKILL'],
])('%s: %s', async (script, message) => {
  const git = await fakeGit(script);
  await expect(git(['x'])).rejects.toThrow(new RegExp(`^${message}$`));
});

it('reads whatever git complains of, and keeps the beginning', async () => {
  const git = await fakeGit('echo "error: first" >&2; yes | head -c 10000000 >&2; exit 1');
  await expect(git(['x'])).rejects.toThrow(/^git x: error: first$/);
  expect((await git(['x'], { accept: [1] })).exitCode).toBe(1);
});

it('bears a git that does not read its input', async () => {
  const git = await fakeGit('exit 0');
  expect((await git(['x'], { input: 'x'.repeat(10_000_000) })).exitCode).toBe(0);
});

it('says that there is no git', async () => {
  const git = createGit(folder, { PATH: folder });
  await expect(git(['x'])).rejects.toMatchObject({ isMissing: true, exitCode: null });
});

it('gives git an environment of its own', async () => {
  const git = await fakeGit('env', {
    KEPT: '1',
    GIT_DIR: '/x',
    GIT_TRACE: '1',
    GIT_CONFIG_PARAMETERS: "'a.b=c'",
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'safe.directory',
    GIT_CONFIG_VALUE_0: '*',
    LC_ALL: 'de_DE.UTF-8',
  });
  const { stdout } = await git(['x'], { env: { THIS_CALL: '1' } });
  const names = stdout
    .toString()
    .split('\n')
    .filter((line) => /^(?:GIT|LC|KEPT|OWN|THIS)/.test(line));
  expect(names.toSorted()).toEqual([
    'GIT_CONFIG_COUNT=1',
    'GIT_CONFIG_KEY_0=safe.directory',
    'GIT_CONFIG_VALUE_0=*',
    'GIT_OPTIONAL_LOCKS=0',
    'GIT_TERMINAL_PROMPT=0',
    'KEPT=1',
    'LC_ALL=C',
    'OWN=own',
    'THIS_CALL=1',
  ]);
});

/** Waits until the fake git has written the ids of its processes, and resolves with them. */
async function startedBy(call: Promise<unknown>): Promise<ProcessIdentity[]> {
  call.catch(() => undefined);
  const pids = await eventually(() => readFile(path.join(folder, 'pids'), 'utf8').catch(() => ''));
  return pids
    .trim()
    .split(' ')
    .map((pid) => identifyProcess(Number(pid)));
}

const SAY_PIDS = 'echo "$$ $!" > pids.new; mv pids.new pids';

it('ends git with what it has started as soon as it is cancelled', async () => {
  const git = await fakeGit(`sleep 1000 & ${SAY_PIDS}; wait`);
  const call = git(['add']);
  const processes = await startedBy(call);
  cancel.abort();
  await expect(call).rejects.toMatchObject({ message: 'git add: cancelled', isCancelled: true });
  await eventually(() => processes.every((each) => probeProcess(each) === 'dead'));
});

it('kills a git that does not end when it is cancelled', async () => {
  const git = await fakeGit(`trap '' TERM; sleep 1000 & ${SAY_PIDS}; wait; wait`);
  const call = git(['add']);
  const processes = await startedBy(call);
  cancel.abort();
  await expect(call).rejects.toMatchObject({ isCancelled: true });
  await eventually(() => processes.every((each) => probeProcess(each) === 'dead'));
});

it('makes no call once it is cancelled, and believes one that was done', async () => {
  const git = await fakeGit('echo called >> calls');
  await git(['one']);
  cancel.abort();
  await expect(git(['two'])).rejects.toThrow(/^git two: cancelled$/);
  expect(await readFile(path.join(folder, 'calls'), 'utf8')).toBe('called\n');
});
