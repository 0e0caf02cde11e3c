import { createHash } from 'node:crypto';
import { checkEntry } from './checkEntry.ts';
import type { EntryDocument } from './entryDocument.ts';

const HEAD = /^\{"checksum":"([0-9a-f]{64})",/;
const HEAD_WITH_BYTES = new RegExp(`${HEAD.source}"bytes":(\\d{1,15}),`);

/** So much of an `entry.json`, in bytes, is enough for {@link bytesInHead}. */
export const HEAD_LENGTH = 128;

/**
 * The text of `entry.json`: compact JSON, since it is read at every hit, of which the first field is the SHA-256 of all
 * that follows it, so that no damage goes unnoticed. `bytes` is next, so that they can be added up without reading
 * further.
 */
export function entryText({ bytes, ...others }: EntryDocument): string {
  const body = `${JSON.stringify({ bytes, ...others }).slice(1)}\n`;
  return `{"checksum":"${checksumOf(body)}",${body}`;
}

/** Reads the text of `entry.json` of the entry with that key. Whatever is wrong with it comes back as `damage`, in words. */
export function parseEntry(text: string, key: string): EntryDocument | { damage: string } {
  const [head = '', checksum] = HEAD.exec(text) ?? [];
  const body = text.slice(head.length);
  if (checksum !== checksumOf(body)) return { damage: 'entry.json is damaged' };
  let document: unknown;
  try {
    document = JSON.parse(`{${body}`);
  } catch {
    return { damage: 'entry.json is no JSON' };
  }
  return checkEntry(document, key);
}

/** `bytes` of an entry, from the beginning of its `entry.json`; null when that is no such beginning. */
export function bytesInHead(head: string): number | null {
  const [, , bytes] = HEAD_WITH_BYTES.exec(head) ?? [];
  return bytes === undefined ? null : Number(bytes);
}

function checksumOf(body: string): string {
  return createHash('sha256').update(body).digest('hex');
}
