import { spawn, spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { chooseValidator, isInteractive } from '../../../src/cli/rlm/chooseValidator.ts';
import { shellWord } from '../../../src/cli/present/shellWord.ts';
import { FailureError, type Failure } from '../../../src/failure.ts';
import { tempRepo } from '../../config/tempRepo.ts';
import { eventually } from '../../support/eventually.ts';
import { memoryStream } from '../present/memoryStream.ts';

const AMBIGUOUS = {
  kind: 'ambiguous' as const,
  candidates: [
    { command: 'npm test', reason: 'node: package-lock.json' },
    { command: 'python -m pytest', reason: 'python: pyproject\u001b[2J.toml' },
  ],
};
const MISSING = { kind: 'missing' as const };

async function answered(
  detection: typeof AMBIGUOUS | typeof MISSING,
  input: string,
): Promise<{ result: string | Failure; said: string }> {
  const stdin = new PassThrough();
  const stderr = memoryStream();
  stdin.end(input);
  try {
    return { result: await chooseValidator(detection, { stderr }, stdin), said: stderr.text() };
  } catch (error) {
    if (!(error instanceof FailureError)) throw error;
    return { result: error.failure, said: stderr.text() };
  }
}

test('of several candidates one is asked for by its number', async () => {
  expect(await answered(AMBIGUOUS, '2\n')).toEqual({
    result: 'python -m pytest',
    said: [
      'The loop goes on until a command, the validator, exits 0. Several could be it:',
      '  1  npm test          node: package-lock.json',
      '  2  python -m pytest  python: pyproject.toml',
      '  n  none              it goes on until its budget is used up',
      'Which one, 1 to 2 (Enter: none, nothing will prove the goal)? ',
    ].join('\n'),
  });
});

test('where there is none a command is asked for', async () => {
  expect(await answered(MISSING, '  make check \n')).toEqual({
    result: 'make check',
    said: [
      'The loop goes on until a command, the validator, exits 0. None was found here.',
      'Command (Enter: none, nothing will prove the goal): ',
    ].join('\n'),
  });
});

test.each([' 1 \n', '1', '01\r\n', '1\n2\n'])('%j is the first', async (input) => {
  expect((await answered(AMBIGUOUS, input)).result).toBe('npm test');
});

test.each(['\n', ' \n', 'n\n', 'N\n', 'none\n', ' NONE \n'])('%j is none', async (input) => {
  expect((await answered(AMBIGUOUS, input)).result).toBe('none');
});

test.each([
  ['\n', 'none'],
  ['None\n', 'none'],
  ['n\n', 'n'],
])('in place of a command %j is %j', async (input, validator) => {
  expect((await answered(MISSING, input)).result).toBe(validator);
});

test.each(['0', '3', '-1', '1.0', '1x', 'npm test', '9'.repeat(50)])('%j is no choice', async (answer) => {
  expect((await answered(AMBIGUOUS, `${answer}\n`)).result).toEqual({
    kind: 'no-such-choice',
    answer,
    count: 2,
  });
});

test('the end of the input is no answer', async () => {
  const { result, said } = await answered(MISSING, '');
  expect(result).toEqual({ kind: 'not-chosen', subject: 'validator' });
  expect(said).toMatch(/goal\): \n$/);
});

test('a question leaves no listener behind', async () => {
  const before = process.listenerCount('SIGINT');
  await answered(AMBIGUOUS, '1\n');
  expect(process.listenerCount('SIGINT')).toBe(before);
});

test.each<[string, NodeJS.ProcessEnv, { isTTY?: boolean; readableEnded?: boolean }, boolean]>([
  ['a terminal', {}, { isTTY: true }, true],
  ['no terminal', {}, {}, false],
  ['a terminal that was read to its end', {}, { isTTY: true, readableEnded: true }, false],
  ['CI', { CI: 'true' }, { isTTY: true }, false],
  ['CI that is off', { CI: 'false', CODEX_NON_INTERACTIVE: '0' }, { isTTY: true }, true],
  ['a review', { CODEX_REVIEW_NON_INTERACTIVE: 'YES' }, { isTTY: true }, false],
  ['a first spelling', { CODEX_NON_INTERACTIVE: '1' }, { isTTY: true }, false],
  ['a second spelling', { CODEX_NONINTERACTIVE: ' on ' }, { isTTY: true }, false],
  ['a third spelling', { CODEX_NO_INTERACTIVE: '1' }, { isTTY: true }, false],
])('%s: answers are possible %j', (_, env, stdin, expected) => {
  expect(isInteractive(env, stdin)).toBe(expected);
});

const CHILD = fileURLToPath(new URL('./children/askOnTerminal.ts', import.meta.url));
/** `script` of util-linux runs a command on a terminal of its own. */
const hasTerminals = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux');

describe.skipIf(!hasTerminals)('on a real terminal', () => {
  test.each([
    ['a number', '2\r', { validator: 'cargo test' }],
    ['a number that was corrected', '1\u007f2\r', { validator: 'cargo test' }],
    ['Enter alone', '\r', { validator: 'none' }],
    ['a wrong number', '7\r', { kind: 'no-such-choice', exitCode: 10 }],
    ['Ctrl-D', '\u0004', { kind: 'not-chosen', exitCode: 130 }],
    ['Ctrl-C', '\u0003', { kind: 'not-chosen', exitCode: 130 }],
  ])('%s', async (_, keys, expected) => {
    const file = path.join(await tempRepo(), 'told');
    const words = [process.execPath, '--import', 'tsx', CHILD, file].map(shellWord);
    const terminal = spawn('script', ['-qec', words.join(' '), '/dev/null']);
    onTestFinished(() => void terminal.kill('SIGKILL'));
    let shown = '';
    terminal.stdout.on('data', (chunk: Buffer) => (shown += chunk.toString()));
    await eventually(() => shown.includes('Which one, 1 to 2 (Enter: none, nothing will prove the goal)? '), {
      what: 'the question',
      timeoutMs: 20_000,
    });
    terminal.stdin.write(keys);
    const told = await eventually(async () => {
      const lines = (await readFile(file, 'utf8')).trim().split('\n');
      return lines.length === 2 ? lines : null;
    });
    expect(told.map((line): unknown => JSON.parse(line))).toEqual([{ interactive: true }, expected]);
    // It ends by itself: nothing still listens to the terminal.
    await eventually(() => terminal.exitCode !== null || terminal.signalCode !== null);
  });
});
