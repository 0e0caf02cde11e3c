import { expect, test } from 'vitest';
import { nearestWord } from '../../src/config/nearestWord.ts';

test.each([
  ['comand', 'command', 'a missing letter'],
  ['commmand', 'command', 'a letter too many'],
  ['cimmand', 'command', 'a wrong letter'],
  ['comamnd', 'command', 'two letters swapped'],
  ['COMMAND', 'command', 'another case'],
  ['subpipline', 'subpipeline', 'the nearest of several'],
  ['stageset', 'stage-set', 'a missing hyphen'],
])('%s is meant to be %s: %s', (word, expected) => {
  expect(nearestWord(word, ['command', 'subpipeline', 'stage-set'])).toBe(expected);
});

test.each(['', 'c', 'parallel', 'cmd', 'x'.repeat(1000)])('nothing is near %j', (word) => {
  expect(nearestWord(word, ['command', 'subpipeline', 'stage-set'])).toBeUndefined();
});

test('a swap is nearer than two replacements', () => {
  expect(nearestWord('biuld', ['field', 'build'])).toBe('build');
});

test('the first of equally near words is taken', () => {
  expect(nearestWord('cat', ['bat', 'hat'])).toBe('bat');
});

test('no candidates, no word', () => {
  expect(nearestWord('command', [])).toBeUndefined();
});
