import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startFakeStageServer } from './fakeStageServer.ts';
import type { FakeStageServer } from './fakeStageServer.ts';

let server: FakeStageServer;

beforeEach(async () => {
  server = await startFakeStageServer();
});
afterEach(() => server.close());

const shell = (name: string) =>
  promisify(execFile)('/bin/sh', ['-c', server.command(name)], { env: { ...process.env, ...server.env } });

it('prints and exits as told', async () => {
  const running = shell('talker');
  const stage = await server.stage('talker');
  await stage.stdout('ab', { times: 3 });
  await stage.stderr(new Uint8Array([0x21]));
  await stage.exit(0);
  await expect(running).resolves.toEqual({ stdout: 'ababab', stderr: '!' });
});

it('tells about itself', async () => {
  const running = shell('teller');
  const stage = await server.stage('teller');
  expect(stage.cwd).toBe(process.cwd());
  expect(stage.env['FAKE_STAGE_SOCKET']).toBe(server.env.FAKE_STAGE_SOCKET);
  expect(stage.pid).not.toBe(process.pid);
  expect(server.startCount('teller')).toBe(1);
  await stage.exit(7);
  await expect(running).rejects.toMatchObject({ code: 7 });
});

it('outlives a trapped signal and reports it', async () => {
  const child = spawn('/bin/sh', ['-c', `exec ${server.command('stubborn')}`], {
    env: { ...process.env, ...server.env },
    stdio: 'ignore',
  });
  const exited = once(child, 'exit');
  const stage = await server.stage('stubborn');
  await stage.trap('SIGTERM');
  process.kill(stage.pid, 'SIGTERM');
  await stage.signalled('SIGTERM');
  stage.die('SIGKILL');
  await stage.ended;
  await expect(exited).resolves.toEqual([null, 'SIGKILL']);
});

it('starts a grandchild that obeys as well and holds the output open', async () => {
  const running = shell('parent');
  const parent = await server.stage('parent');
  const grandchild = await parent.spawn('grandchild', { detached: true, inheritOutput: true });
  await parent.exit(0);
  await grandchild.stdout('still here');
  await grandchild.exit(0);
  await expect(running).resolves.toEqual({ stdout: 'still here', stderr: '' });
});

it('ends its stages when it is closed', async () => {
  const failed = shell('left').catch((error: unknown) => error);
  const stage = await server.stage('left');
  await server.close();
  await stage.ended;
  expect(await failed).toMatchObject({ code: 86 });
});
