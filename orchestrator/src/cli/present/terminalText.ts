import { StringDecoder } from 'node:string_decoder';

/** Turns foreign output, piece by piece, into text that a terminal can be given. */
export interface TerminalText {
  write(bytes: Uint8Array): string;
  /** What was held back because it could have become an escape sequence or a character. Leaves no colour switched on. */
  end(): string;
}

/**
 * Keeps colours, line breaks and tabs and makes every other control character visible, as `\x1b`: nothing that a
 * stage printed may move the cursor, set the title or answer in the place of the keyboard. Marks that reorder text are
 * shown too.
 */
export function createTerminalText(): TerminalText {
  const decoder = new StringDecoder('utf8');
  let held = '';
  let isColoured = false;

  const safe = (text: string): string =>
    text.replace(TROUBLE, (match) => {
      if (match === '\r\n') return '\n';
      if (match.length === 1) return visible(match);
      isColoured = !RESETS.test(match);
      return match;
    });

  return {
    write(bytes) {
      const text = held + decoder.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
      held = UNFINISHED.exec(text)?.[0] ?? '';
      return safe(text.slice(0, text.length - held.length));
    },
    end() {
      const text = safe(held + decoder.end());
      held = '';
      return isColoured ? `${text}\u001b[0m` : text;
    },
  };
}

// oxlint-disable no-control-regex -- finding control characters is the purpose
/** A colour (ECMA-48, SGR), a line break of the other kind, or a character that must not reach a terminal. */
const TROUBLE =
  /\u001b\[[\d;:]*m|\r\n|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** What may still become one of the first two; no colour is longer. */
const UNFINISHED = /(?:\r|\u001b(?:\[[\d;:]{0,32})?)$/;

const RESETS = /^\u001b\[0*m$/;
// oxlint-enable no-control-regex

function visible(character: string): string {
  const code = character.charCodeAt(0);
  return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}
