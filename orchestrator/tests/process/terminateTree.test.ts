import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { terminateTree } from '../../src/process/terminateTree.ts';
import { identifyProcess, probeProcess } from '../../src/storage/processIdentity.ts';
import { eventually } from '../support/eventually.ts';
import { startFakeStageServer } from '../support/fakeStageServer.ts';
import type { FakeStageServer } from '../support/fakeStageServer.ts';
import { LONG_GRACE_MS } from './commandRig.ts';

let server: FakeStageServer;

beforeEach(async () => {
  server = await startFakeStageServer();
});
afterEach(() => server.close());

/** The shell waits for the stage, so the stage is not the root itself. */
function start(name: string): ChildProcess {
  return spawn('/bin/sh', ['-c', `${server.command(name)}; true`], {
    env: { ...process.env, ...server.env },
    detached: true,
    stdio: 'ignore',
  });
}

const identify = (child: ChildProcess) => identifyProcess(child.pid ?? 0);

it('ends a tree that obeys, without force', async () => {
  const child = start('stage');
  const exited = once(child, 'exit');
  const stage = await server.stage('stage');
  const root = identify(child);
  await expect(terminateTree(root, { graceMs: LONG_GRACE_MS })).resolves.toEqual({ forced: false });
  await stage.ended;
  expect(await exited).toEqual([null, 'SIGTERM']);
  expect(probeProcess(root)).toBe('dead');
});

it('reaches what has left the group and the session', async () => {
  const child = start('stage');
  const stage = await server.stage('stage');
  const far = await stage.spawn('far', { detached: true });
  const farther = await far.spawn('farther', { detached: true });
  const identities = [far, farther].map(({ pid }) => identifyProcess(pid));
  await expect(terminateTree(identify(child), { graceMs: LONG_GRACE_MS })).resolves.toEqual({
    forced: false,
  });
  expect(identities.map(probeProcess)).toEqual(['dead', 'dead']);
});

it('asks everybody once, and kills after the grace who does not listen', async () => {
  // Prints R when ready and T for every SIGTERM; starts the same once more in a session of its own.
  const code = `
    process.on('SIGTERM', () => require('fs').writeSync(1, 'T'));
    const again = { detached: true, stdio: 'inherit' };
    if (process.argv[1]) require('child_process').spawn(process.execPath, ['-e', process.argv[1]], again);
    require('fs').writeSync(1, 'R');
    setInterval(() => {}, 60000);`;
  const child = spawn(process.execPath, ['-e', code, code], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.on('data', (data: Buffer) => (printed += data.toString()));
  const closed = once(child, 'close');
  await eventually(() => printed === 'RR', { timeoutMs: 20_000 });
  await expect(terminateTree(identify(child), { graceMs: 500 })).resolves.toEqual({ forced: true });
  expect(await closed).toEqual([null, 'SIGKILL']);
  expect(printed).toBe('RRTT');
});

it('does not wait for the grace when forced', async () => {
  const child = start('stage');
  const stage = await server.stage('stage');
  await stage.trap('SIGTERM');
  const force = new AbortController();
  const done = terminateTree(identify(child), { graceMs: LONG_GRACE_MS, force: force.signal });
  await stage.signalled('SIGTERM');
  force.abort();
  await expect(done).resolves.toEqual({ forced: true });
  await stage.ended;
});

it('kills at once when force was asked for already', async () => {
  const child = start('stage');
  const stage = await server.stage('stage');
  await stage.trap('SIGTERM');
  const done = terminateTree(identify(child), { graceMs: LONG_GRACE_MS, force: AbortSignal.abort() });
  await expect(done).resolves.toEqual({ forced: true });
  await stage.ended;
});

it('sends the signal it is told', async () => {
  const child = start('stage');
  const stage = await server.stage('stage');
  await stage.trap('SIGINT');
  const done = terminateTree(identify(child), { graceMs: LONG_GRACE_MS, signal: 'SIGINT' });
  await stage.signalled('SIGINT');
  await stage.exit(0);
  await expect(done).resolves.toEqual({ forced: false });
});

it('waits for a clean-up that takes its time', async () => {
  const child = start('stage');
  const stage = await server.stage('stage');
  await stage.trap('SIGTERM');
  const done = terminateTree(identify(child), { graceMs: LONG_GRACE_MS });
  await stage.signalled('SIGTERM');
  await stage.exit(0);
  await expect(done).resolves.toEqual({ forced: false });
});

it('touches nothing of another machine, another boot or another process of that number', async () => {
  const child = start('stage');
  const stage = await server.stage('stage');
  const root = identify(child);
  const strangers = [
    { ...root, host: 'elsewhere' },
    { ...root, boot_id: 'another boot' },
    { ...root, pid_namespace: 'another one' },
    ...(root.process_start === null ? [] : [{ ...root, process_start: '1' }]),
  ];
  for (const stranger of strangers) {
    await expect(terminateTree(stranger, { graceMs: 0 })).resolves.toEqual({ forced: false });
  }
  expect(probeProcess(root)).toBe('alive');
  const exited = once(child, 'exit');
  await stage.exit(0);
  expect(await exited).toEqual([0, null]);
});

it('ends what is left of a group after its leader', async () => {
  const child = start('stage');
  const root = identify(child);
  const stage = await server.stage('stage');
  const left = await stage.spawn('left');
  const exited = once(child, 'exit');
  await stage.exit(0);
  await exited;
  await expect(terminateTree(root, { graceMs: LONG_GRACE_MS })).resolves.toEqual({ forced: false });
  expect(probeProcess(identifyProcess(left.pid))).toBe('alive');
  await terminateTree(root, { graceMs: LONG_GRACE_MS, rootExited: true });
  await left.ended;
});
