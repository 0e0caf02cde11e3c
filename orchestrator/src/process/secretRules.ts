/** A rule about text that should not be shown around, and what it asks for. */
export interface SecretRule {
  rule: 'private-key' | 'sensitive-token';
  action: 'block' | 'redact';
}

/** The rule that a text breaks, or null. The rules themselves, in the plainest form; blocking goes first. */
export function matchSecretRule(text: string): SecretRule | null {
  if (PRIVATE_KEY.test(text)) return { rule: 'private-key', action: 'block' };
  if (ASSIGNED_SECRET.test(text) || ACCESS_KEY.test(text)) {
    return { rule: 'sensitive-token', action: 'redact' };
  }
  return null;
}

const PRIVATE_KEY = /-----BEGIN (?:RSA |EC )?PRIVATE KEY-----/i;
const ASSIGNED_SECRET = /(?:secret|password|api[_-]?key|token)\s*[:=]\s*\S{6}/i;
const ACCESS_KEY = /AKIA[0-9A-Z]{16}/;

/**
 * The same as `matchSecretRule` of `bytes` read as UTF-8, at a fraction of the cost: a quick look at the bytes rules
 * out almost every text, and only what is left is decoded and matched.
 *
 * @param view the same memory as `bytes`; it may reach further.
 */
export function findSecret(bytes: Buffer, view: DataView): SecretRule | null {
  const suspicious = bytes.includes('AKIA') || hasArmorHeader(bytes, view) || hasAssignedKeyword(bytes, view);
  return suspicious ? matchSecretRule(bytes.toString('utf8')) : null;
}

/** Five dashes and a "b": how the header of a private key begins. */
function hasArmorHeader(bytes: Buffer, view: DataView): boolean {
  for (let at = bytes.indexOf('-----'); at !== -1; at = bytes.indexOf('-----', at)) {
    at += 5;
    while (at < bytes.length && view.getUint8(at) === DASH) at += 1;
    if (at < bytes.length && (view.getUint8(at) | LOWER_CASE) === LETTER_B) return true;
  }
  return false;
}

/** A ":" or "=" with one of the words in front of it. Looks at eight bytes at a time, as `escapeJson` does. */
function hasAssignedKeyword(bytes: Buffer, view: DataView): boolean {
  if (!bytes.includes(COLON) && !bytes.includes(EQUALS)) return false;
  let at = 0;
  while (at <= bytes.length - 8) {
    const low = assignments(view.getInt32(at, true));
    const high = low === 0 ? assignments(view.getInt32(at + 4, true)) : 0;
    if ((low | high) === 0) at += 8;
    else {
      at += low === 0 ? 4 + firstByte(high) : firstByte(low);
      if (followsKeyword(view, at)) return true;
      at += 1;
    }
  }
  for (; at < bytes.length; at += 1) {
    const byte = view.getUint8(at);
    if ((byte === COLON || byte === EQUALS) && followsKeyword(view, at)) return true;
  }
  return false;
}

/**
 * The top bit of every byte of a word that is ":" or "=": such a byte becomes zero and is the only one below 1. A
 * borrow can add false alarms, but only above a true one, so the lowest is true.
 */
function assignments(word: number): number {
  const colon = word ^ 0x3a3a3a3a;
  const equals = word ^ 0x3d3d3d3d;
  return (((colon - 0x01010101) & ~colon) | ((equals - 0x01010101) & ~equals)) & 0x80808080;
}

/** Which byte of a word, read as little endian, has the lowest bit that is set. */
function firstByte(bits: number): number {
  return (31 - Math.clz32(bits & -bits)) >> 3;
}

/** May say yes too often: white space beyond ASCII is not looked at closely. */
function followsKeyword(view: DataView, at: number): boolean {
  let last = at - 1;
  while (last >= 0 && maySeparate(view.getUint8(last))) last -= 1;
  if (last < 0) return false;
  switch (view.getUint8(last) | LOWER_CASE) {
    case LETTER_T:
      return endsWith(view, last, 'secret');
    case LETTER_D:
      return endsWith(view, last, 'password');
    case LETTER_N:
      return endsWith(view, last, 'token');
    case LETTER_Y:
      return (
        endsWith(view, last, 'key') && (endsWith(view, last - 3, 'api') || endsWith(view, last - 4, 'api'))
      );
    default:
      return false;
  }
}

/** White space, or part of a character beyond ASCII: a few of those are white space too. */
function maySeparate(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d) || byte >= 0x80;
}

function endsWith(view: DataView, last: number, word: string): boolean {
  const start = last + 1 - word.length;
  if (start < 0) return false;
  for (let i = 0; i < word.length; i += 1) {
    if ((view.getUint8(start + i) | LOWER_CASE) !== word.charCodeAt(i)) return false;
  }
  return true;
}

/** Setting this bit turns an ASCII capital into its small letter. */
const LOWER_CASE = 0x20;
const DASH = 0x2d;
const COLON = 0x3a;
const EQUALS = 0x3d;
const LETTER_B = 0x62;
const LETTER_D = 0x64;
const LETTER_N = 0x6e;
const LETTER_T = 0x74;
const LETTER_Y = 0x79;
