import { expect, it } from 'vitest';
import { closingLines } from '../../../src/rlm/prompt/closingLines.ts';

it.each([
  ['Summary: fixed the sum\nNext: nothing', 'fixed the sum', 'nothing'],
  ['  SUMMARY:fixed the sum  \r\n\tnext :  x\r\n', 'fixed the sum', null],
  ['**Summary:** fixed the sum\n**Next:** test it', 'fixed the sum', 'test it'],
  ['**Summary**: fixed the sum\n__Next__: test it', 'fixed the sum', 'test it'],
  ['**Summary: fixed the sum**\n*Next: test it*', 'fixed the sum', 'test it'],
  ['- Summary: fixed **all**\n* Next: test it_', 'fixed **all**', 'test it_'],
  ['> Summary: fixed\n### Next: test it', 'fixed', 'test it'],
])('finds them in %j', (message, summary, next) => {
  expect(closingLines(message)).toEqual({ summary, next });
});

it('takes the last of each', () => {
  const message = 'Summary: one\nNext: a\nSummary: two\nNext: b\nand that is all';
  expect(closingLines(message)).toEqual({ summary: 'two', next: 'b' });
});

it('takes an empty last line for none', () => {
  expect(closingLines('Summary: one\nSummary:\nNext: **  ')).toEqual({ summary: null, next: '**' });
  expect(closingLines('')).toEqual({ summary: null, next: null });
});

it('is not taken in by lines that only speak of them', () => {
  const message = 'The summary: good\nNext steps: none\nIn summary: fine\nSummary of it';
  expect(closingLines(message)).toEqual({ summary: null, next: null });
});

it('cuts what is too long', () => {
  const { summary } = closingLines(`Summary: ${'é'.repeat(5000)}`);
  expect(summary).toBe(`${'é'.repeat(999)}…`);
});

it('takes a long line in its stride', () => {
  const started = performance.now();
  expect(closingLines('*'.repeat(32_768))).toEqual({ summary: null, next: null });
  expect(performance.now() - started).toBeLessThan(2000);
});
