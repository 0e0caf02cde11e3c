import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LinePart, LineSplitter } from '../../src/process/lineSplitter.ts';

interface Piece {
  bytes: Buffer;
  part: LinePart;
}

function split(chunks: (Buffer | string)[], limit = 100): Piece[] {
  const pieces: Piece[] = [];
  const splitter = new LineSplitter(limit, (bytes, part) => pieces.push({ bytes: Buffer.from(bytes), part }));
  for (const chunk of chunks) splitter.push(Buffer.from(chunk));
  splitter.end();
  return pieces;
}

const texts = (pieces: Piece[]): string[] =>
  pieces.map(({ bytes, part }) => `${part} ${bytes.toString('utf8')}`);

/** What the lines of `all` are, looked at as a whole. */
function linesOf(all: Buffer): string[] {
  const lines = all.toString('latin1').split('\n');
  const last = lines.pop() ?? '';
  return [...lines.map((line) => line.replace(/\r$/, '')), ...(last === '' ? [] : [last])];
}

describe('lines', () => {
  it('end with a line feed, however they arrive', () => {
    expect(texts(split(['a\nb', 'c', '\n', '\n', 'd']))).toEqual([
      'whole a',
      'whole bc',
      'whole ',
      'whole d',
    ]);
  });

  it('lose a carriage return before the line feed, and no other', () => {
    expect(texts(split(['a\r\nb\r', '\nc\rd\u2028e\u0085f\r\r\n']))).toEqual([
      'whole a',
      'whole b',
      'whole c\rd\u2028e\u0085f\r',
    ]);
  });

  it('keep their characters whole', () => {
    const euro = Buffer.from('€\n');
    expect(texts(split([euro.subarray(0, 1), euro.subarray(1, 2), euro.subarray(2)]))).toEqual(['whole €']);
  });

  it('may be none', () => {
    expect(split([])).toEqual([]);
    expect(split(['a\n'])).toHaveLength(1);
  });
});

describe('a line beyond the limit', () => {
  it('comes in pieces', () => {
    expect(texts(split(['1234', '5678', '9ab\nnext\n'], 4))).toEqual([
      'begin 1234',
      'middle 5678',
      'end 9ab',
      'whole next',
    ]);
  });

  it('loses its carriage return too, even if that is all that is left', () => {
    expect(texts(split(['1234', '\r\n'], 4))).toEqual(['begin 1234', 'end ']);
    expect(texts(split(['1234\n'], 4))).toEqual(['whole 1234']);
  });

  it('is not cut within a character', () => {
    expect(texts(split(['€€€\n'], 4))).toEqual(['begin €', 'middle €', 'end €']);
  });

  it('takes no more memory than the limit', () => {
    const piece = Buffer.alloc(65_536, 'x');
    let bytes = 0;
    let longest = 0;
    const splitter = new LineSplitter(1_048_576, (taken) => {
      bytes += taken.length;
      longest = Math.max(longest, taken.buffer.byteLength);
    });
    for (let i = 0; i < 4000; i += 1) splitter.push(piece);
    splitter.end();
    expect(bytes).toBe(4000 * 65_536);
    expect(longest).toBeLessThanOrEqual(2 * 1_048_576);
  });
});

it('gives the same lines whatever they are and however they are cut', () => {
  const character = fc.constantFrom('a', 'é', '€', '😀', '\n', '\r', '\r\n').map((text) => Buffer.from(text));
  const byte = fc.integer({ min: 0, max: 255 }).map((value) => Buffer.from([value]));
  const stream = fc
    .array(fc.oneof({ weight: 5, arbitrary: character }, byte), { maxLength: 80 })
    .map((parts) => Buffer.concat(parts));
  fc.assert(
    fc.property(
      stream,
      fc.array(fc.integer({ min: 0, max: 80 }), { maxLength: 6 }),
      fc.integer({ min: 4, max: 20 }),
      (all, cuts, limit) => {
        const borders = [0, ...cuts.toSorted((a, b) => a - b), all.length];
        const pieces = split(
          borders.slice(1).map((border, at) => all.subarray(borders[at], border)),
          limit,
        );
        const lines: string[] = [];
        for (const { bytes, part } of pieces) {
          expect(bytes.length).toBeLessThanOrEqual(limit);
          if (part === 'whole' || part === 'begin') lines.push('');
          lines.push(`${lines.pop() ?? ''}${bytes.toString('latin1')}`);
        }
        expect(lines).toEqual(linesOf(all));
      },
    ),
    { numRuns: 500 },
  );
});
