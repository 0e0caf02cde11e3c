import fs from 'node:fs';
import { expect, it } from 'vitest';
import { withPath } from '../../src/storage/withPath.ts';

/** What a call of the file system throws. */
function errorOf(call: () => void): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error('It did not throw');
}

it('puts the path into the error of a call on a descriptor', () => {
  const descriptor = fs.openSync(import.meta.filename, 'r');
  try {
    const error = errorOf(() => fs.writeSync(descriptor, 'x'));
    expect(error).not.toHaveProperty('path');
    expect(withPath(error, '/the/file')).toBe(error);
    expect(error).toMatchObject({ code: 'EBADF', syscall: 'write', path: '/the/file' });
  } finally {
    fs.closeSync(descriptor);
  }
});

it('leaves a path that is there, and errors that are not of the file system', () => {
  const missing = errorOf(() => fs.readFileSync('/no/such/file'));
  expect(withPath(missing, '/other')).toMatchObject({ path: '/no/such/file' });
  const bug = new TypeError('a bug');
  expect(withPath(bug, '/other')).toBe(bug);
  expect(bug).not.toHaveProperty('path');
  expect(withPath('text', '/other')).toBe('text');
});
