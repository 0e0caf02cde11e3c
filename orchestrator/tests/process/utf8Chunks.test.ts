import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { continuationHead, incompleteTail } from '../../src/process/utf8Chunks.ts';

/** The first continuation byte may be restricted to one of the ranges that these stand for. */
const CONTINUATIONS = [0x80, 0x90, 0xa0, 0xbf];

function canBecomeOneCharacter(bytes: Buffer): boolean {
  if ((bytes[0] ?? 0) < 0xc0 || isUtf8(bytes)) return false;
  let candidates = [bytes];
  for (let added = 1; added <= 3; added += 1) {
    candidates = candidates.flatMap((start) => CONTINUATIONS.map((byte) => Buffer.from([...start, byte])));
    if (candidates.some((candidate) => isUtf8(candidate))) return true;
  }
  return false;
}

function expectedTail(bytes: Buffer): number {
  const sizes = [1, 2, 3].filter((size) => size <= bytes.length);
  return sizes.find((size) => canBecomeOneCharacter(bytes.subarray(bytes.length - size))) ?? 0;
}

it('finds the beginning of a character at the end, and nothing that can never become one', () => {
  const awkward = [0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1];
  const leads = [0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xf8, 0xff];
  const byte = fc.oneof(fc.constantFrom(...awkward, ...leads), fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 5 }), (values) => {
      const bytes = Buffer.from(values);
      expect(incompleteTail(bytes, bytes.length)).toBe(expectedTail(bytes));
    }),
    { numRuns: 3000 },
  );
});

it('cuts a text only between characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), fc.nat(), (text, at) => {
      const bytes = Buffer.from(text);
      const end = at % (bytes.length + 1);
      const tail = incompleteTail(bytes, end);
      expect(isUtf8(bytes.subarray(0, end - tail))).toBe(true);
    }),
  );
});

it.each([
  ['no bytes', [], 0],
  ['a whole character', [0xe2, 0x82, 0xac], 0],
  ['the rest of a character', [0x82, 0xac, 0x41], 2],
  ['more continuations than any character has', [0x80, 0x80, 0x80, 0x80], 3],
])('counts what only continues a character at the start of %s', (_what, bytes, count) => {
  expect(continuationHead(Buffer.from(bytes))).toBe(count);
});
