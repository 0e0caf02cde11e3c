import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { missingProgram } from '../../../src/rlm/validator/validatorProgram.ts';

let outside: string;
let root: string;

beforeAll(() => {
  outside = fs.mkdtempSync(path.join(tmpdir(), 'codex-program-'));
  root = path.join(outside, 'repo');
  fs.mkdirSync(path.join(root, 'bin'), { recursive: true });
  fs.writeFileSync(path.join(root, 'check.sh'), '', { mode: 0o755 });
  fs.writeFileSync(path.join(root, 'notes.md'), '', { mode: 0o644 });
});
afterAll(() => fs.rmSync(outside, { recursive: true, force: true }));

const missing = (command: string, env: NodeJS.ProcessEnv = {}) =>
  missingProgram(command, root, { ...process.env, ...env });

it.each([
  'no-such-program',
  '  no-such-program --all tests',
  'no-such-program "a b" $HOME > log',
  '/nowhere/check',
  '../check.sh --fast',
])('%j is missing for good', async (command) => {
  expect(await missing(command)).toEqual({ program: command.trim().split(' ')[0], mayAppear: false });
});

it.each(['./build.sh', 'node_modules/.bin/vitest run', 'notes.md/x', './notes.md', './bin'])(
  '%j may appear while the agent works',
  async (command) => {
    expect(await missing(command)).toEqual({ program: command.split(' ')[0], mayAppear: true });
  },
);

it.each([
  'sh -c "exit 1"',
  './check.sh',
  'node --test',
  // What the shell itself knows.
  'exit 1',
  ': nothing',
  'test -f work',
  '[ -f work ]',
  'if true',
  '.',
  // What is no simple command, or no plain word.
  'no-such-program || true',
  'no-such-program; true',
  'no-such-program\ntrue',
  'no-such-program | cat',
  'no-such-program `true`',
  '(no-such-program)',
  '! no-such-program',
  'X=1 no-such-program',
  '$PROGRAM --all',
  '"no-such-program"',
  '~/no-such-program',
  '-x',
  '> log',
  '',
])('%j is let go on', async (command) => {
  expect(await missing(command)).toBeNull();
});

it('looks where the validator will look', async () => {
  const program = path.join(outside, 'only-here');
  fs.writeFileSync(program, '', { mode: 0o755 });
  expect(await missing('only-here', { PATH: outside })).toBeNull();
  expect(await missing('only-here', { PATH: '/nowhere' })).toEqual({
    program: 'only-here',
    mayAppear: false,
  });
  expect(await missing('only-here', { PATH: `/nowhere:${root}/node_modules/.bin` })).toEqual({
    program: 'only-here',
    mayAppear: true,
  });
});
