import { printable } from './printable.ts';

/** A text as one word for a POSIX shell, safe to print. */
export function shellWord(text: string): string {
  const safe = printable(text);
  return /^[\w@%+=:,./-]+$/.test(safe) ? safe : `'${safe.replaceAll("'", String.raw`'\''`)}'`;
}
