import { isAscii } from 'node:buffer';

/**
 * A line of the history as text. Nearly always it is ASCII, which is read as Latin-1: V8 keeps that in one byte per
 * character and parses it faster.
 */
export function lineText(bytes: Buffer): string {
  return bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8');
}
