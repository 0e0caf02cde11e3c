import { expect, it } from 'vitest';
import { createTerminalText } from '../../../src/cli/present/terminalText.ts';

it.each([
  ['line breaks, tabs and other scripts', 'a\tb\nжé漢🙂\n', 'a\tb\nжé漢🙂\n'],
  ['colours that are switched off again', '\u001b[1;31mred\u001b[0m', '\u001b[1;31mred\u001b[0m'],
  ['line breaks of the other kind', 'a\r\nb\r\n', 'a\nb\n'],
])('keeps %s', (_what, printed, shown) => {
  expect(convert(printed)).toBe(shown);
});

it.each([
  ['cursor movements', '\u001b[2J\u001b[1;1Hx', '\\x1b[2J\\x1b[1;1Hx'],
  ['titles', '\u001b]0;title\u0007', '\\x1b]0;title\\x07'],
  ['a lone carriage return, bell and backspace', 'a\rb\u0007\b', 'a\\x0db\\x07\\x08'],
  ['C1 controls and marks that reorder text', '\u009b2J\u202e', '\\x9b2J\\u{202e}'],
  ['an escape at the very end', 'a\u001b', 'a\\x1b'],
  ['a carriage return at the very end', 'a\r', 'a\\x0d'],
])('makes %s visible', (_what, printed, shown) => {
  expect(convert(printed)).toBe(shown);
});

it('switches a colour off at the end that was left on', () => {
  expect(convert('\u001b[32mgreen')).toBe('\u001b[32mgreen\u001b[0m');
});

it('does not depend on where the output was cut', () => {
  const printed = 'é\u001b[1;31mred\u001b[0m\r\n\u001b[2J🙂\ra\u001b';
  const bytes = Buffer.from(printed);
  for (let cut = 0; cut <= bytes.length; cut += 1) {
    expect(convert(bytes.subarray(0, cut), bytes.subarray(cut))).toBe(convert(printed));
  }
});

it('shows bytes that are no UTF-8 as replacement characters', () => {
  expect(convert(Buffer.from([0x61, 0xff, 0x62]))).toBe('a\ufffdb');
});

function convert(...pieces: (string | Buffer)[]): string {
  const text = createTerminalText();
  return pieces.map((piece) => text.write(Buffer.from(piece))).join('') + text.end();
}
