import { expect, test } from 'vitest';
import { commandNamed } from '../../src/cli/commandNamed.ts';

const COMMANDS = ['start', 'rlm', 'rlm restore', 'two words'].map((name) => ({ name }));

test.each([
  [['start', 'docs'], 'start'],
  [['rlm'], 'rlm'],
  [['rlm', 'fix the tests'], 'rlm'],
  [['rlm', 'restore', '--run', 'x'], 'rlm restore'],
  [['rlm', '--', 'restore'], 'rlm'],
  [['rlm restore'], 'rlm restore'],
  [['two'], undefined],
  [['two', 'words'], 'two words'],
  [['restore'], undefined],
  [[], undefined],
])('%j name %s', (words, name) => {
  expect(commandNamed(COMMANDS, words)?.name).toBe(name);
});
