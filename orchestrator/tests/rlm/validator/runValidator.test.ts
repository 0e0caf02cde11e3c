import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runValidator, type ValidatorRequest } from '../../../src/rlm/validator/runValidator.ts';
import { eventually } from '../../support/eventually.ts';
import { type FakeStageServer, startFakeStageServer } from '../../support/fakeStageServer.ts';

/** The grace is long, so that a test in which something waits for it in vain shows. */
const LONG_MS = 600_000;

let folder: string;
let logPath: string;
let server: FakeStageServer;
let cancel: AbortController;
let force: AbortController;
let processes: string[];

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'codex-validator-'));
  logPath = path.join(folder, 'validator-1.log');
  server = await startFakeStageServer();
  cancel = new AbortController();
  force = new AbortController();
  processes = [];
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

function run(command: string, overrides: Partial<ValidatorRequest> = {}): ReturnType<typeof runValidator> {
  return runValidator({
    command,
    cwd: folder,
    env: { ...process.env, ...server.env },
    logPath,
    cancellation: { signal: cancel.signal, force: force.signal },
    graceMs: LONG_MS,
    timeoutMs: null,
    onProcess: ({ kind }) => processes.push(kind),
    ...overrides,
  });
}

/** The log, with the time in its first line replaced. */
function log(): string {
  return readFileSync(logPath, 'utf8').replace(/^\[\d{4}-\d\d-\d\dT[\d:.]+Z\]/, '[time]');
}

it('passes with exit code 0', async () => {
  const result = await run('echo fine; echo Error: not really >&2');
  expect(result).toMatchObject({ exitCode: 0, ended: 'exited', feedback: null, signature: null });
  expect(result.durationMs).toBeGreaterThanOrEqual(0);
  expect(log()).toBe('[time] $ echo fine; echo Error: not really >&2\nfine\nError: not really\n[exit] 0\n');
  expect(processes).toEqual(['begin', 'end']);
});

it('fails with any other, and says what it printed', async () => {
  const result = await run('echo one; echo "Error: two" >&2; printf three; exit 3');
  expect(result).toMatchObject({ exitCode: 3, ended: 'exited' });
  expect(result.feedback).toEqual({
    exitCode: 3,
    ended: 'exited',
    signal: null,
    firstErrors: ['Error: two'],
    end: 'one\nError: two\nthree',
    bytes: 20,
  });
  expect(log()).toMatch(/\none\nError: two\nthree\n\[exit\] 3\n$/);
});

it('may fail without a word', async () => {
  const result = await run('exit 1');
  expect(result.feedback).toEqual({
    exitCode: 1,
    ended: 'exited',
    signal: null,
    firstErrors: [],
    end: '',
    bytes: 0,
  });
  expect(log()).toBe('[time] $ exit 1\n[exit] 1\n');
});

it('counts a signal as exit code 1, and tells which it was', async () => {
  const result = await run('echo so far; kill -KILL $$');
  expect(result).toMatchObject({
    exitCode: 1,
    ended: 'exited',
    signal: 'SIGKILL',
    feedback: { exitCode: 1, ended: 'exited', signal: 'SIGKILL' },
  });
  expect(result.signature).toMatch(/^SIGKILL-1-/);
  expect(log()).toMatch(/\nso far\n\[signal\] SIGKILL\n\[exit\] 1\n$/);
});

it('takes the word of the shell for a signal that killed its child', async () => {
  await expect(run("sh -c 'kill -KILL $$'; exit $?")).resolves.toMatchObject({ exitCode: 137, signal: null });
  expect(log()).not.toContain('[signal]');
});

it.each([
  ['passes', 0],
  ['fails', 3],
])('that %s leaves nothing behind that could go on working', async (_, code) => {
  const running = run(`${server.command('validator')} > /dev/null; exit ${code}`);
  const validator = await server.stage('validator');
  const child = await validator.spawn('child');
  await validator.exit(0);
  await expect(running).resolves.toMatchObject({ exitCode: code, ended: 'exited', signal: null });
  await child.ended;
});

it('has one log, that of its last run', async () => {
  writeFileSync(logPath, 'what a killed run left\n'.repeat(100));
  await run('echo new');
  expect(log()).toBe('[time] $ echo new\nnew\n[exit] 0\n');
});

it('names a command of several lines in one', async () => {
  await run('echo one\necho two');
  expect(log()).toBe('[time] $ echo one\\necho two\none\ntwo\n[exit] 0\n');
});

it('keeps the order in which both streams were written', async () => {
  const pairs = Array.from({ length: 50 }, (_, at) => `out ${at}\nerr ${at}\n`);
  await run('i=0; while [ $i -lt 50 ]; do echo out $i; echo err $i >&2; i=$((i+1)); done');
  expect(log().split('\n').slice(1).join('\n')).toBe(`${pairs.join('')}[exit] 0\n`);
});

it('may be no shell text at all', async () => {
  const result = await run('if then (');
  expect(result).toMatchObject({ ended: 'exited', feedback: { ended: 'exited' } });
  expect(result.exitCode).toBeGreaterThan(0);
  expect(result.feedback?.firstErrors[0] ?? result.feedback?.end).toMatch(/syntax error/i);
});

describe('a validator that is not found', () => {
  it('says the shell', async () => {
    const result = await run('no-such-validator --all');
    expect(result).toMatchObject({ exitCode: 127, ended: 'not-found', feedback: { exitCode: 127 } });
    expect(result.feedback?.end).toMatch(/no-such-validator.*not found/);
    expect(log()).toMatch(/not found\n\[exit\] 127\n$/);
  });

  it('because it cannot be started', async () => {
    const cwd = path.join(folder, 'missing');
    const result = await run('true', { cwd });
    expect(result).toMatchObject({ exitCode: 1, ended: 'not-found' });
    expect(log()).toBe(
      `[time] $ true\n[spawn-error] the working directory does not exist: ${cwd}\n[exit] 1\n`,
    );
    expect(processes).toEqual([]);
  });
});

describe('a validator that is stopped', () => {
  it('at its time limit has failed, whatever it says', async () => {
    const result = await run("trap 'echo bye; exit 0' TERM; echo hello; while :; do sleep 0.02; done", {
      timeoutMs: 2000,
    });
    expect(result).toMatchObject({
      exitCode: 1,
      ended: 'timed-out',
      signal: null,
      feedback: { ended: 'timed-out', exitCode: 1, signal: null },
    });
    expect(result.signature).toMatch(/^timed-out-1-/);
    expect(log()).toMatch(/\nbye\n\[exit\] 1\n$/);
    expect(processes).toEqual(['begin', 'end']);
  });

  it('by the user ends with all that it started', async () => {
    const running = run(server.command('validator'));
    const validator = await server.stage('validator');
    const child = await validator.spawn('child', { detached: true });
    cancel.abort('SIGINT');
    await expect(running).resolves.toMatchObject({
      exitCode: 1,
      ended: 'cancelled',
      feedback: { ended: 'cancelled' },
    });
    await child.ended;
    expect(processes).toEqual(['begin', 'end']);
  });

  it('does not outlive the grace', async () => {
    const running = run(server.command('validator'), { graceMs: 10 });
    const validator = await server.stage('validator');
    await validator.trap('SIGTERM');
    cancel.abort('SIGINT');
    await expect(running).resolves.toMatchObject({ ended: 'cancelled' });
    await validator.ended;
  });

  it('may be stopped before it begins', async () => {
    cancel.abort('SIGINT');
    await expect(run('echo never')).resolves.toMatchObject({ exitCode: 1, ended: 'cancelled' });
    expect(log()).toBe('[time] $ echo never\n[exit] 1\n');
    expect(processes).toEqual([]);
  });
});

it('tells two failures apart, and the same failure from itself', async () => {
  writeFileSync(
    path.join(folder, 'check.sh'),
    'echo "not ok 1 - $1"; echo "took $(date +%N) ms in $(mktemp -u)"; exit "$2"',
  );
  const signatures: (string | null)[] = [];
  for (const words of ['adds 1', 'adds 1', 'subtracts 1', 'adds 2']) {
    // oxlint-disable-next-line no-await-in-loop -- they write the same log
    signatures.push((await run(`sh check.sh ${words}`)).signature);
  }
  expect(signatures[0]).not.toBeNull();
  expect(signatures[1]).toBe(signatures[0]);
  expect(new Set(signatures).size).toBe(3);
});

it('shows the log and the current line while it runs', async () => {
  const lines: string[] = [];
  const running = run(server.command('validator'), { onLine: (line) => lines.push(line) });
  const validator = await server.stage('validator');
  await validator.stdout('\u001b[33mtest one\u001b[0m\n');
  await eventually(() => lines.at(-1) === 'test one');
  await validator.stderr('test two');
  await eventually(() => lines.at(-1) === 'test two');
  expect(log()).toContain('test one\u001b[0m\ntest two');
  await validator.exit(0);
  await running;
});

it('streams a large output to the log and remembers only its end', async () => {
  const size = 64 * 1024 * 1024;
  const result = await run(`head -c ${size} /dev/zero | tr '\\0' 'x'; echo; echo "# fail 1"; exit 1`);
  expect(result.feedback).toMatchObject({ bytes: size + 10, firstErrors: ['# fail 1'] });
  expect(result.feedback?.end).toMatch(/^x{7991}\n# fail 1$/);
  const [first] = readFileSync(logPath, 'latin1').split('\n', 1);
  expect(statSync(logPath).size).toBe((first ?? '').length + 1 + size + 10 + '[exit] 1\n'.length);
});

describe('what goes wrong on our side', () => {
  it.skipIf(process.platform !== 'linux')('is a log that cannot be written', async () => {
    await expect(run('echo x', { logPath: '/dev/full' })).rejects.toMatchObject({
      code: 'ENOSPC',
      path: '/dev/full',
    });
    await expect(run('echo x', { logPath: path.join(folder, 'none', 'log') })).rejects.toMatchObject({
      code: 'ENOENT',
    });
  });

  it('is a process that cannot be recorded: it is ended at once', async () => {
    const pids: number[] = [];
    const running = run(server.command('validator'), {
      onProcess(event) {
        if (event.kind === 'end') return;
        pids.push(event.identity.pid);
        throw new Error('no room in the journal');
      },
    });
    await expect(running).rejects.toThrow('no room in the journal');
    expect(pids).toHaveLength(1);
    expect(() => process.kill(pids[0] ?? 0, 0)).toThrow(/ESRCH/);
  });
});
