import { expect, test } from 'vitest';
import { createOutputPrefixer } from '../../../src/cli/present/outputPrefixer.ts';
import { runScript } from './runEvents.ts';

function output(text: string | Buffer, stream: 'stdout' | 'stderr' = 'stdout') {
  const run = runScript();
  run.started(['build']);
  return run.output(1, text, stream);
}

test('only whole lines are shown, the rest when the stage ends', () => {
  const prefixer = createOutputPrefixer();
  expect(prefixer.lines(output('one\ntw'))).toEqual(['build | one']);
  expect(prefixer.lines(output('o\n\nthr'))).toEqual(['build | two', 'build |']);
  expect(prefixer.end(output(''))).toEqual(['build | thr']);
  expect(prefixer.end(output(''))).toEqual([]);
});

test('a character cut between two chunks comes out whole, and the streams do not mix', () => {
  const prefixer = createOutputPrefixer();
  const bytes = Buffer.from('ü\n');
  expect(prefixer.lines(output(bytes.subarray(0, 1)))).toEqual([]);
  expect(prefixer.lines(output('error\n', 'stderr'))).toEqual(['build | error']);
  expect(prefixer.lines(output(bytes.subarray(1)))).toEqual(['build | ü']);
});

test('a line that never ends is shown in parts', () => {
  const prefixer = createOutputPrefixer();
  const part = 'x'.repeat(9000);
  expect(prefixer.lines(output(part))).toEqual([`build | ${part}`]);
  expect(prefixer.end(output(''))).toEqual([]);
});

test('control characters of a stage do not reach the terminal', () => {
  const prefixer = createOutputPrefixer();
  expect(prefixer.lines(output('\u001b[2Jgone\u0007\n'))).toEqual(['build | gone\\x07']);
});

test('the prefix can be another one', () => {
  const prefixer = createOutputPrefixer(({ depth }) => '  '.repeat(depth + 1));
  expect(prefixer.lines(output('one\n\n  two'))).toEqual(['  one', '']);
  expect(prefixer.end(output(''))).toEqual(['    two']);
});
