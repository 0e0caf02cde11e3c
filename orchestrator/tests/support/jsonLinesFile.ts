import { readFile } from 'node:fs/promises';

/** A JSON-lines file as a test looks at it. */
export interface JsonLinesFile {
  /** The object of every complete line, in order. */
  lines: Record<string, unknown>[];
  /** What follows the last line break; empty unless a writer was killed in the middle of a line. */
  torn: string;
}

/**
 * Reads a JSON-lines file in one piece, for files that a test has made itself.
 *
 * @throws Error naming the line, when a complete line is not a JSON object.
 */
export async function readJsonLinesFile(file: string): Promise<JsonLinesFile> {
  const texts = (await readFile(file, 'utf8')).split('\n');
  const torn = texts.pop() ?? '';
  return { lines: texts.map((text, at) => objectOf(text, `${file}:${at + 1}`)), torn };
}

function objectOf(text: string, place: string): Record<string, unknown> {
  const value: unknown = parsed(text, place);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`${place}: no JSON object: ${text}`);
  }
  return Object.fromEntries(Object.entries(value));
}

function parsed(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${place}: no JSON: ${text}`, { cause: error });
  }
}
