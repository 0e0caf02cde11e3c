import fc from 'fast-check';
import { expect, it } from 'vitest';
import { escapeJson } from '../../src/process/escapeJson.ts';
import { GrowingBuffer, viewOf } from '../../src/process/growingBuffer.ts';

function escaped(source: Buffer): string {
  const target = new GrowingBuffer(16);
  target.addAscii('before');
  escapeJson(viewOf(source), source.length, target);
  target.addAscii('after');
  return target.bytes.toString('utf8', 0, target.length);
}

const plainly = (text: string): string => `before${JSON.stringify(text).slice(1, -1)}after`;

it('escapes every character exactly as JSON.stringify does, at every position in a word', () => {
  for (let code = 0; code < 0x250; code += 1) {
    for (let position = 0; position < 9; position += 1) {
      const text = `${'x'.repeat(position)}${String.fromCharCode(code)}${'y'.repeat(9 - position)}`;
      expect(escaped(Buffer.from(text))).toBe(plainly(text));
    }
  }
});

it('escapes any text exactly as JSON.stringify does', () => {
  const special = fc.constantFrom(
    '"',
    '\\',
    '\n',
    '\u0000',
    '\u001f',
    '!',
    '#',
    '[',
    ']',
    '\u007f',
    '\u2028',
  );
  const piece = fc.oneof(special, fc.string({ unit: 'binary', maxLength: 12 }));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), fc.integer({ min: 0, max: 7 }), (pieces, shift) => {
      const text = pieces.join('').toWellFormed();
      // The bytes lie anywhere in their memory, as those of a socket do.
      const memory = Buffer.concat([Buffer.alloc(shift), Buffer.from(text)]);
      expect(escaped(memory.subarray(shift))).toBe(plainly(text));
    }),
    { numRuns: 500 },
  );
});

it('escapes only as many bytes as it is told', () => {
  const target = new GrowingBuffer(1);
  escapeJson(viewOf(Buffer.from('0123456789"tail"')), 11, target);
  expect(target.bytes.toString('utf8', 0, target.length)).toBe(String.raw`0123456789\"`);
});
