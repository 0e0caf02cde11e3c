import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonTree } from '../../src/config/jsonTree.ts';
import { hasRepeatedKeys } from '../../src/config/repeatedKeys.ts';
import { sourceOf } from '../../src/config/source.ts';

/** Pieces that make up JSON and everything that is nearly JSON. */
const PIECES = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"a"',
  '"b\\n"',
  '""',
  '1',
  '-0',
  '01',
  '1e5',
  '1.',
  '.5',
  '-',
  '+',
  '1E+',
  'true',
  'tru',
  'null',
  ' ',
  '\n',
  '\r',
  '\t',
  '\\',
  '"',
  '\u0000',
  '\u000b',
  '\ufeff',
  '\u00a0',
  '\u2028',
  '/',
  '// x',
  '/*',
  '*/',
  '\ud800',
  'é',
  '"\\u12"',
  '"\\u0041"',
  "'",
  '"\u0001"',
  '"\u007f"',
  '0x1',
  '\f',
];

const nearlyJson = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 8 }).map((pieces) => pieces.join('')),
  fc.tuple(fc.json(), fc.nat(), fc.constantFrom('', ...PIECES), fc.nat(2)).map(([text, at, piece, cut]) => {
    const place = at % (text.length + 1);
    return text.slice(0, place) + piece + text.slice(place + cut);
  }),
);

test('accepts exactly what JSON.parse accepts, and says at least one problem of everything else', () => {
  fc.assert(
    fc.property(nearlyJson, (text) => {
      const tree = jsonTree(sourceOf('x.json', text));
      expect(tree.ok).toBe(isJson(text));
      expect(!tree.ok && tree.problems.length === 0).toBe(false);
    }),
    { numRuns: 3000 },
  );
});

test('every place lies in the text', () => {
  fc.assert(
    fc.property(nearlyJson, (text) => {
      const tree = jsonTree(sourceOf('x.json', text));
      for (const { line, column, excerpt } of tree.ok ? [] : tree.problems) {
        const lines = text.split(/\r\n|\r|\n/);
        expect(line).toBeLessThanOrEqual(lines.length);
        expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1);
        expect(excerpt?.length).toBeGreaterThan(0);
      }
    }),
    { numRuns: 1000 },
  );
});

test('repeated keys are noticed without a parse of places', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(hasRepeatedKeys(text, JSON.parse(text))).toBe(false);
      const repeated = `{"a\\"b:" : ${text}, "a\\"b:":1}`;
      expect(hasRepeatedKeys(repeated, JSON.parse(repeated))).toBe(true);
    }),
    { numRuns: 500 },
  );
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
