import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listenForStop, type StopSignal } from '../../../src/cli/watch/stopSignal.ts';

let stdout: PassThrough;
let stop: StopSignal;

beforeEach(() => {
  stdout = new PassThrough({ autoDestroy: false });
  // As the command line has one of its own.
  stdout.on('error', () => {});
  stop = listenForStop(stdout);
});
afterEach(() => stop.close());

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 143],
] as const)('%s asks for the end with exit code %i, whatever comes after it', async (signal, exitCode) => {
  expect(stop.exitCode).toBeNull();
  process.kill(process.pid, signal);
  await stop.asked;
  stdout.emit('error', Object.assign(new Error('gone'), { code: 'EPIPE' }));
  expect(stop.exitCode).toBe(exitCode);
});

test('so does a reader that has left; a full disk does not', async () => {
  stdout.emit('error', Object.assign(new Error('full'), { code: 'ENOSPC' }));
  expect(stop.exitCode).toBeNull();
  stdout.emit('error', Object.assign(new Error('gone'), { code: 'EPIPE' }));
  await stop.asked;
  expect(stop.exitCode).toBe(0);
});

test('afterwards nobody listens', () => {
  const before = [process.listenerCount('SIGINT'), stdout.listenerCount('error')];
  stop.close();
  expect([process.listenerCount('SIGINT'), stdout.listenerCount('error')]).toEqual(
    before.map((count) => count - 1),
  );
});
