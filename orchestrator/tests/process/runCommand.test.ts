import { chmodSync, closeSync, fstatSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProcessIdentity } from '../../src/storage/processIdentity.ts';
import { type CommandRig, openCommandRig } from './commandRig.ts';

let rig: CommandRig;

beforeEach(async () => {
  rig = await openCommandRig();
});
afterEach(() => rig.close());

describe('a command', () => {
  it('tells how it ended, and what it printed where', async () => {
    const outcome = await rig.run('printf out; printf err >&2; exit 3');
    expect(outcome.pid).toBeGreaterThan(1);
    expect(outcome.durationMs).toBeGreaterThanOrEqual(0);
    expect(outcome).toMatchObject({
      exitCode: 3,
      signal: null,
      ended: 'exited',
      error: null,
      pipesHeld: false,
    });
    expect(rig.output.text('stdout')).toBe('out');
    expect(rig.output.text('stderr')).toBe('err');
    expect(rig.output.onDrain).toBeNull();
  });

  it('may print nothing', async () => {
    await expect(rig.run('exit 0')).resolves.toMatchObject({ exitCode: 0, ended: 'exited' });
    expect(rig.output.text()).toBe('');
  });

  it('can be a program without a shell', async () => {
    const outcome = await rig.run({
      file: process.execPath,
      args: ['-e', 'console.log(process.argv[1])', '$HOME'],
    });
    expect(outcome).toMatchObject({ exitCode: 0 });
    expect(rig.output.text()).toBe('$HOME\n');
  });

  it('runs in its directory, with exactly its environment', async () => {
    await rig.run('pwd -P; env', { cwd: '/', env: { ONLY: 'this one', PATH: '/usr/bin:/bin' } });
    const [cwd, ...variables] = rig.output.text().trim().split('\n');
    expect(cwd).toBe('/');
    // What the shell adds by itself.
    const own = variables.filter((line) => !/^(?:PWD|OLDPWD|SHLVL|_)=/.test(line));
    expect(own.toSorted()).toEqual(['ONLY=this one', 'PATH=/usr/bin:/bin']);
  });

  it('has nothing to read', async () => {
    await expect(rig.run('if read line; then exit 1; else exit 0; fi')).resolves.toMatchObject({
      exitCode: 0,
    });
  });

  it('reads an open file to its end, however long it is, which stays open for us', async () => {
    const file = path.join(rig.folder, 'prompt');
    writeFileSync(file, 'p'.repeat(10_000_000));
    const descriptor = openSync(file, 'r');
    try {
      await expect(rig.run('wc -c', { stdin: descriptor })).resolves.toMatchObject({ exitCode: 0 });
      expect(fstatSync(descriptor).size).toBe(10_000_000);
    } finally {
      closeSync(descriptor);
    }
    expect(rig.output.text().trim()).toBe('10000000');
  });

  it('may leave the open file unread', async () => {
    const descriptor = openSync('/dev/zero', 'r');
    try {
      const outcome = await rig.run('exit 6', { stdin: descriptor });
      expect(outcome).toMatchObject({ exitCode: 6, ended: 'exited' });
    } finally {
      closeSync(descriptor);
    }
  });

  it('tells the signal that ended it', async () => {
    await expect(rig.run('kill -SEGV $$')).resolves.toMatchObject({
      exitCode: null,
      signal: 'SIGSEGV',
      ended: 'exited',
    });
  });

  it('leads a process group of its own and is announced while it runs', async () => {
    let announced: ProcessIdentity | undefined;
    const running = rig.run(`exec ${rig.server.command('stage')}`, {
      onSpawn: (known) => (announced = known),
    });
    const stage = await rig.server.stage('stage');
    expect(announced?.pid).toBe(stage.pid);
    expect(process.kill(-stage.pid, 0)).toBe(true);
    await stage.exit(0);
    await expect(running).resolves.toMatchObject({ pid: stage.pid });
  });
});

describe('a command that cannot be started', () => {
  const NOT_STARTED = { pid: null, exitCode: null, signal: null, ended: 'not-started', pipesHeld: false };

  it('because its directory is missing', async () => {
    const cwd = path.join(rig.folder, 'missing');
    await expect(rig.run('true', { cwd })).resolves.toMatchObject({
      ...NOT_STARTED,
      error: { code: 'cwd-missing', message: `the working directory does not exist: ${cwd}` },
    });
  });

  it('because its directory is a file', async () => {
    const cwd = path.join(rig.folder, 'file');
    writeFileSync(cwd, '');
    for (const directory of [cwd, path.join(cwd, 'below')]) {
      await expect(rig.run('true', { cwd: directory })).resolves.toMatchObject({
        ...NOT_STARTED,
        error: {
          code: 'cwd-not-a-directory',
          message: `the working directory is not a directory: ${directory}`,
        },
      });
    }
  });

  // The superuser may enter every directory.
  it.skipIf(process.getuid?.() === 0)('because its directory is closed to us', async () => {
    const cwd = path.join(rig.folder, 'closed');
    mkdirSync(cwd);
    chmodSync(cwd, 0);
    await expect(rig.run('true', { cwd })).resolves.toMatchObject({
      ...NOT_STARTED,
      error: { code: 'cwd-not-accessible', message: `the working directory cannot be entered: ${cwd}` },
    });
  });

  it('because the program is missing', async () => {
    await expect(rig.run({ file: 'no-such-program', args: [] })).resolves.toMatchObject({
      ...NOT_STARTED,
      error: { code: 'command-not-found', message: 'command not found: no-such-program' },
    });
  });

  it('because the program is not executable', async () => {
    const file = path.join(rig.folder, 'data');
    writeFileSync(file, '');
    await expect(rig.run({ file, args: [] })).resolves.toMatchObject({
      ...NOT_STARTED,
      error: { code: 'EACCES', message: `not executable: ${file}` },
    });
  });

  it('because it is too long', async () => {
    await expect(rig.run(`: ${'x'.repeat(8 * 1024 * 1024)}`)).resolves.toMatchObject({
      ...NOT_STARTED,
      error: { code: 'E2BIG', message: 'the command and its environment are too long for the system' },
    });
  });

  it('because it holds a NUL character', async () => {
    const outcome = await rig.run('echo \0');
    expect(outcome).toMatchObject({ ...NOT_STARTED, error: { code: 'ERR_INVALID_ARG_VALUE' } });
  });

  it('because it was cancelled before', async () => {
    rig.cancel.abort('too late');
    await expect(rig.run('echo started')).resolves.toEqual({
      ...NOT_STARTED,
      ended: 'cancelled',
      durationMs: 0,
      error: null,
    });
    expect(rig.output.text()).toBe('');
  });
});
