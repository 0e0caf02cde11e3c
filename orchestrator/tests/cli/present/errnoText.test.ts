import { mkdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { errnoText, fileTroubleOf } from '../../../src/cli/present/errnoText.ts';

test.each([
  [
    'ENOSPC',
    'write',
    null,
    'Cannot write: the disk is full (ENOSPC).\nFree some space, then `codex-orchestrator resume` continues the run.',
  ],
  [
    'EROFS',
    'mkdir',
    '/r/.runs',
    'Cannot create the folder /r/.runs: the file system is read-only (EROFS).\nChoose another place with CODEX_ORCHESTRATOR_RUNS_DIR and CODEX_ORCHESTRATOR_OUT_DIR.',
  ],
  [
    'EACCES',
    'open',
    '/r/m.json',
    'Cannot open /r/m.json: permission denied (EACCES).\nCheck who owns it and its permissions.',
  ],
  [
    'ENOTDIR',
    'scandir',
    '/r/.runs',
    'Cannot list the folder /r/.runs: a part of the path is a file, not a folder (ENOTDIR).\nMove the file away, or choose another place with CODEX_ORCHESTRATOR_RUNS_DIR.',
  ],
  ['EIO', 'append to', '/r/x', 'Cannot append to /r/x: the disk reported an error (EIO).'],
  ['EWEIRD', '', null, 'Cannot use a file: the file system refused (EWEIRD).'],
])('%s at %s of %s', (code, action, path, text) => {
  expect(errnoText({ code, action, path })).toBe(text);
});

test('the facts of a real error are taken over', () => {
  const path = `${process.execPath}/x`;
  let caught: unknown;
  try {
    mkdirSync(path);
  } catch (error) {
    caught = error;
  }
  expect(fileTroubleOf(caught)).toEqual({ code: 'ENOTDIR', action: 'mkdir', path });
});

test('of a rename the target is what matters', () => {
  const facts = { code: 'EISDIR', syscall: 'rename', path: '/r/x.123', dest: '/r/x' };
  expect(fileTroubleOf(Object.assign(new Error('x'), facts))).toEqual({
    code: 'EISDIR',
    action: 'rename',
    path: '/r/x',
  });
});

test('bugs are no trouble of the file system', () => {
  expect(fileTroubleOf(new TypeError('x is not a function'))).toBeNull();
  expect(
    fileTroubleOf(Object.assign(new Error('x'), { code: 'ERR_INVALID_ARG_TYPE', syscall: 'open' })),
  ).toBeNull();
  expect(fileTroubleOf('ENOSPC')).toBeNull();
});
