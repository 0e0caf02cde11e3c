import fc from 'fast-check';
import { expect, it } from 'vitest';
import { OutputLines } from '../../../src/rlm/validator/outputLines.ts';

function linesOf(chunks: readonly (string | Buffer)[]): string[] {
  const lines: string[] = [];
  const splitter = new OutputLines((line) => lines.push(line));
  for (const chunk of chunks) splitter.push(Buffer.from(chunk));
  splitter.end();
  return lines;
}

it('cuts at line ends, however the output was cut', () => {
  const piece = fc.stringMatching(/^[ab é€\r\n]{0,8}$/);
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const expected = pieces
        .join('')
        .split('\n')
        .map((line) => line.replace(/\r+$/, '').replace(/^.*\r/s, ''))
        .filter((line) => line.trim() !== '');
      expect(linesOf(pieces)).toEqual(expected);
      expect(linesOf([pieces.join('')])).toEqual(expected);
    }),
  );
});

it('puts characters together that were cut in two', () => {
  const [one, two] = [Buffer.from('a€b\n').subarray(0, 2), Buffer.from('a€b\n').subarray(2)];
  expect(linesOf([one, two])).toEqual(['a€b']);
});

it('keeps only the beginning of a long line', () => {
  const long = 'x'.repeat(10_000);
  expect(linesOf([`${long}\nshort\n`])).toEqual(['x'.repeat(4096), 'short']);
  expect(linesOf([long, long, `${long}\nshort\n`])).toEqual(['x'.repeat(4096), 'short']);
});

it('leaves only the last state of a progress bar', () => {
  expect(linesOf(['1%\r2%', '\r3%\r', '\n', 'done\r\n'])).toEqual(['3%', 'done']);
  expect(linesOf(['x'.repeat(5000), '\rlast'])).toEqual(['last']);
});
