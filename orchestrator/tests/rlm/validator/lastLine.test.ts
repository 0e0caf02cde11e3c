import { expect, it } from 'vitest';
import { lastLine } from '../../../src/rlm/validator/lastLine.ts';

it.each([
  ['one\ntwo\n', 'two'],
  ['one\n  two', 'two'],
  ['10%\r\u001b[32m20%\u001b[0m\r', '20%'],
  ['one\r\n\r\n', 'one'],
  [' \n ', null],
  ['', null],
  ['x'.repeat(5000), 'x'.repeat(300)],
])('of %j is %j', (output, line) => {
  expect(lastLine(Buffer.from(output))).toBe(line);
});
