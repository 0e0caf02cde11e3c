import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parse, printParseErrorCode } from 'jsonc-parser';
import type { ParseError } from 'jsonc-parser';
import { placeAt } from './markdown.ts';

/**
 * Says what keeps a JSON document or a JSON-lines file (`metrics.json` is one despite its name) from being parsed;
 * null when it parses, or is neither.
 */
export async function evidenceProblem(file: string): Promise<string | null> {
  const isJsonLines = /\.(?:jsonl|ndjson)$/.test(file) || path.basename(file) === 'metrics.json';
  if (isJsonLines) return jsonLinesProblem(file);
  return file.endsWith('.json') ? jsonProblem(await readFile(file, 'utf8'), 0) : null;
}

async function jsonLinesProblem(file: string): Promise<string | null> {
  let line = 0;
  // A history grows without limit; it is never held as a whole.
  for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    line += 1;
    const problem = text.trim() === '' ? null : jsonProblem(text, line - 1);
    if (problem !== null) return problem;
  }
  return null;
}

function jsonProblem(text: string, linesBefore: number): string | null {
  const errors: ParseError[] = [];
  parse(text, errors, { disallowComments: true, allowTrailingComma: false });
  const [first] = errors;
  if (first === undefined) return null;
  const { line, column } = placeAt(text, first.offset);
  return `${printParseErrorCode(first.error)} at ${line + linesBefore}:${column}`;
}
