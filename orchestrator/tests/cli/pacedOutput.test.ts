import { PassThrough, Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { pacedOutput } from '../../src/cli/pacedOutput.ts';
import { memoryStream } from './present/memoryStream.ts';

it('waits until the stream has room again', async () => {
  const stream = new PassThrough({ highWaterMark: 4 });
  const output = pacedOutput(stream);
  await output.write('abc');
  let hasRoom = false;
  const written = output.write('defgh').then(() => {
    hasRoom = true;
  });
  await new Promise(setImmediate);
  expect(hasRoom).toBe(false);
  stream.resume();
  await written;
  expect(output.isOpen).toBe(true);
});

it('drops what is written after the reader has left', async () => {
  const stream = failing('EPIPE');
  const output = pacedOutput(stream);
  await output.write('a');
  expect(output.isOpen).toBe(false);
  await output.write('b');
});

it('stops waiting when the stream is closed without an error', async () => {
  const stream = new PassThrough({ highWaterMark: 1 });
  const output = pacedOutput(stream);
  const written = output.write('abc');
  stream.destroy();
  await written;
  expect(output.isOpen).toBe(false);
});

it('rejects when the stream fails otherwise', async () => {
  await expect(pacedOutput(failing('ENOSPC')).write('a')).rejects.toMatchObject({ code: 'ENOSPC' });
});

it('hands everything on to anything else that can be written to', async () => {
  const stream = memoryStream();
  const output = pacedOutput(stream);
  await output.write('a');
  await output.write(Buffer.from('é'));
  expect(stream.text()).toBe('aé');
  expect(output.isOpen).toBe(true);
});

/** Whose first write fails, and is not taken at once. */
function failing(code: string): Writable {
  const stream = new Writable({
    highWaterMark: 1,
    write: (_chunk, _encoding, done) => setImmediate(done, Object.assign(new Error(code), { code })),
  });
  return stream.on('error', () => {});
}
