import { type GrowingBuffer, viewOf } from './growingBuffer.ts';

/**
 * Adds the first `length` bytes of `source`, which must be valid UTF-8, to `target` as the inside of a JSON string
 * (RFC 8259, section 7): control characters, `"` and `\` are escaped, everything else stays as it is, byte for
 * byte, because JSON text is UTF-8 itself.
 *
 * Every byte that a stage prints goes through here, so it looks at eight bytes at a time; that costs a third of
 * `JSON.stringify` and encoding its result.
 */
export function escapeJson(source: DataView, length: number, target: GrowingBuffer): void {
  // The longest escape is six bytes for one; eight more because whole words are stored before they are judged.
  target.reserve(length * 6 + 8);
  const out = target.view;
  let to = target.length;
  let from = 0;
  while (from <= length - 8) {
    // Little endian on both sides puts the bytes out in the order in which they came in, on any processor.
    const low = source.getInt32(from, true);
    const high = source.getInt32(from + 4, true);
    out.setInt32(to, low, true);
    out.setInt32(to + 4, high, true);
    if ((mustEscape(low) | mustEscape(high)) === 0) {
      to += 8;
      from += 8;
    } else {
      for (const end = from + 8; from < end; from += 1) to = escapeByte(source.getUint8(from), out, to);
    }
  }
  for (; from < length; from += 1) to = escapeByte(source.getUint8(from), out, to);
  target.length = to;
}

/**
 * Not zero if one of the four bytes of a word is below 0x20, `"` or `\`. Per byte: `x - n` sets the top bit, and
 * `& ~x` keeps it only if x had none, exactly where x < n; a borrow can only add false alarms next to a true one.
 * Flipping bit 1 first moves `"` (0x22) to 0x20 and permutes the rest below, so one comparison with 0x21 finds
 * control characters and quotes together. A `\` becomes zero and is the only byte below 1.
 */
function mustEscape(word: number): number {
  const flipped = word ^ 0x02020202;
  const backslash = word ^ 0x5c5c5c5c;
  return (((flipped - 0x21212121) & ~flipped) | ((backslash - 0x01010101) & ~backslash)) & 0x80808080;
}

function escapeByte(byte: number, out: DataView, at: number): number {
  const escape = ESCAPES.getUint8(byte);
  if (escape === 0) {
    out.setUint8(at, byte);
    return at + 1;
  }
  out.setUint8(at, BACKSLASH);
  out.setUint8(at + 1, escape);
  if (escape !== LETTER_U) return at + 2;
  out.setUint8(at + 2, DIGIT_ZERO);
  out.setUint8(at + 3, DIGIT_ZERO);
  out.setUint8(at + 4, DIGIT_ZERO + (byte >> 4));
  out.setUint8(at + 5, HEX_DIGITS.charCodeAt(byte & 15));
  return at + 6;
}

const BACKSLASH = 0x5c;
const LETTER_U = 0x75;
const DIGIT_ZERO = 0x30;
const HEX_DIGITS = '0123456789abcdef';

/** For every byte the character that follows the backslash, or 0 if the byte needs none. */
const ESCAPES = buildEscapes();

function buildEscapes(): DataView {
  const escapes = new Uint8Array(256).fill(LETTER_U, 0, 0x20);
  const named = { '\b': 'b', '\t': 't', '\n': 'n', '\f': 'f', '\r': 'r', '"': '"', '\\': '\\' };
  for (const [character, letter] of Object.entries(named)) {
    escapes[character.charCodeAt(0)] = letter.charCodeAt(0);
  }
  return viewOf(escapes);
}
