import { FRONT_MATTER } from './markdown.ts';

/** One `key: value` of a front matter. */
export interface Field {
  value: string;
  /** 1-based line of the field, and column of the value (of the key when the value is empty). */
  line: number;
  column: number;
}

export interface FrontMatter {
  fields: Map<string, Field>;
  /** Lines that are no `key: value`. */
  unreadable: { line: number; text: string }[];
}

/**
 * Reads the front matter of a document: one `key: value` a line, values as they stand or in quotes, `#` starts a
 * comment line. Null when the document does not begin with one.
 */
export function readFrontMatter(text: string): FrontMatter | null {
  const block = FRONT_MATTER.exec(text)?.[1];
  if (block === undefined) return null;
  const fields = new Map<string, Field>();
  const unreadable: FrontMatter['unreadable'] = [];
  for (const [at, raw] of block.split('\n').entries()) {
    const line = at + 2;
    const content = raw.trimEnd();
    if (content === '' || content.startsWith('#')) continue;
    const [, key, space = '', rest = ''] = /^([A-Za-z_][\w-]*):([ \t]*)(.*)$/.exec(content) ?? [];
    if (key === undefined) {
      unreadable.push({ line, text: content });
      continue;
    }
    const value = rest.replace(/^(["'])(.*)\1$/, '$2');
    fields.set(key, { value, line, column: value === '' ? 1 : key.length + 1 + space.length + 1 });
  }
  return { fields, unreadable };
}
