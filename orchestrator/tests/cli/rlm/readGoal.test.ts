import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { type GoalPlaces, readGoal } from '../../../src/cli/rlm/readGoal.ts';
import { tempRepo } from '../../config/tempRepo.ts';

const read = (places: Partial<GoalPlaces>) =>
  readGoal({ words: [], goal: undefined, goalFile: undefined, cwd: '/', ...places });

const stdinWith = (...chunks: (Buffer | string)[]) => Readable.from(chunks);

describe('the goal is', () => {
  test('the arguments, joined by spaces', async () => {
    expect(await read({ words: ['fix', 'the', 'tests'] })).toEqual({ goal: 'fix the tests' });
  });

  test('the flag', async () => {
    expect(await read({ goal: 'fix it' })).toEqual({ goal: 'fix it' });
    expect(await read({ goal: '-' })).toEqual({ goal: '-' });
  });

  test('a file, relative to the folder of the user, without a byte order mark', async () => {
    const cwd = await tempRepo({ 'goals/one.md': '\ufeff# Goal\n\nEverything is green ✅\n' });
    expect(await read({ goalFile: 'goals/one.md', cwd })).toEqual({
      goal: '# Goal\n\nEverything is green ✅\n',
    });
  });

  test.each([{ words: ['-'] }, { goalFile: '-' }])('standard input: %j', async (places) => {
    // A character may be cut in two by a chunk.
    const [head, tail] = [Buffer.from('grün').subarray(0, 3), Buffer.from('grün').subarray(3)];
    expect(await read({ ...places, stdin: stdinWith(head, tail) })).toEqual({ goal: 'grün' });
  });

  test('a dash among other words', async () => {
    expect(await read({ words: ['-', 'x'] })).toEqual({ goal: '- x' });
  });

  test('nowhere on the command line', async () => {
    expect(await read({})).toEqual({});
  });
});

test('a goal of 10 MB', async () => {
  const text = 'goal '.repeat(2_000_000);
  const cwd = await tempRepo({ 'goal.md': text });
  expect((await read({ goalFile: 'goal.md', cwd })).goal).toBe(text);
});

describe('what is no goal is told:', () => {
  test.each<[string, string | Uint8Array, string]>([
    ['binary', 'a\0b', 'goal.md is no goal: it has a NUL byte, so it is no text.'],
    ['not UTF-8', Buffer.from([0x67, 0xe9]), 'goal.md is no goal: it is not UTF-8 text.'],
    ['empty', '', 'goal.md is no goal: it is blank.'],
    ['blank', ' \n\t\n', 'goal.md is no goal: it is blank.'],
  ])('a file that is %s', async (_, content, goalProblem) => {
    const cwd = await tempRepo({ 'goal.md': content });
    expect(await read({ goalFile: 'goal.md', cwd })).toEqual({ goalProblem });
  });

  test('a file that is not there', async () => {
    const cwd = await tempRepo();
    expect(await read({ goalFile: 'goal\u001b[2J.md', cwd })).toEqual({
      goalProblem: 'Cannot read goal.md: it does not exist (ENOENT).',
    });
  });

  test('a folder, and a path through a file', async () => {
    const cwd = await tempRepo({ file: 'x' });
    await mkdir(path.join(cwd, 'folder'));
    expect(await read({ goalFile: 'folder', cwd })).toEqual({
      goalProblem: 'Cannot read folder: it is a folder, not a file (EISDIR).',
    });
    expect(await read({ goalFile: 'file/x', cwd })).toEqual({
      goalProblem: 'Cannot read file/x: a part of the path is a file, not a folder (ENOTDIR).',
    });
  });

  test('no name at all', async () => {
    expect(await read({ goalFile: ' ' })).toEqual({ goalProblem: 'Missing name of a file for --goal-file.' });
  });

  test('standard input that holds nothing', async () => {
    expect(await read({ words: ['-'], stdin: stdinWith() })).toEqual({
      goalProblem: 'Standard input is no goal: it is blank.',
    });
  });

  test('a device that never ends', async () => {
    expect(await read({ goalFile: '/dev/zero' })).toEqual({
      goalProblem: '/dev/zero is no goal: it is larger than 64 MiB.',
    });
  });
});

test('an argument and the flag', async () => {
  await expect(read({ words: ['a'], goal: 'b' })).rejects.toMatchObject({
    failure: {
      kind: 'usage',
      message: 'Both --goal and a goal as an argument were given: expected one of them',
    },
  });
});

test.each<[Partial<GoalPlaces>, string]>([
  [{ words: ['fix'] }, 'Both --goal-file and a goal as an argument were given: expected one of them'],
  [{ words: ['-'] }, 'Both --goal-file and a goal as an argument were given: expected one of them'],
  [{ goal: 'fix' }, 'Both --goal-file and --goal were given: expected one of them'],
])('a file and another goal: %j', async (places, message) => {
  const cwd = await tempRepo();
  await writeFile(path.join(cwd, 'goal.md'), 'x');
  await expect(read({ ...places, goalFile: 'goal.md', cwd })).rejects.toMatchObject({
    failure: { kind: 'usage', message },
  });
});
