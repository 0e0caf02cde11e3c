import { expect, it } from 'vitest';
import { createOutputFloor } from '../../../src/cli/present/outputFloor.ts';

it('lets whoever speaks first go on, and the others wait for its end', () => {
  const floor = createOutputFloor();
  expect(floor.say('a', ['a1'])).toEqual(['a1']);
  expect(floor.say('b', ['b1'])).toEqual([]);
  expect(floor.say('c', ['c1'])).toEqual([]);
  expect(floor.say('a', ['a2'])).toEqual(['a2']);
  expect(floor.end('b', ['b2'])).toEqual([]);
  // What b said is complete; c has the floor from here on.
  expect(floor.end('a', ['a3'])).toEqual(['a3', 'b1', 'b2', 'c1']);
  expect(floor.say('d', ['d1'])).toEqual([]);
  expect(floor.say('c', ['c2'])).toEqual(['c2']);
  expect(floor.end('c', [])).toEqual(['d1']);
  expect(floor.end('d', ['d2'])).toEqual(['d2']);
});

it('says at once what a stage says at its end while nobody speaks', () => {
  const floor = createOutputFloor();
  expect(floor.end('a', ['only line'])).toEqual(['only line']);
  expect(floor.say('b', ['b1'])).toEqual(['b1']);
});

it('holds back only so much, and says what it left out', () => {
  const floor = createOutputFloor();
  floor.say('a', ['speaking']);
  const line = 'x'.repeat(64 * 1024);
  floor.say('b', [line, line, line, line, line, 'last']);
  expect(floor.end('a', [])).toEqual(['… 2 earlier lines in the log of the stage', line, line, line, 'last']);
});

it('keeps the last line however long it is', () => {
  const floor = createOutputFloor();
  floor.say('a', ['speaking']);
  const line = 'x'.repeat(300 * 1024);
  floor.say('b', ['first', line]);
  expect(floor.end('a', [])).toEqual(['… 1 earlier line in the log of the stage', line]);
});
