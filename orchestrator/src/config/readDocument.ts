import path from 'node:path';
import { isTable, type Table } from './jsonValue.ts';
import type { ConfigProblem } from './problem.ts';
import { readSource } from './readSource.ts';
import { problemAt, problemOfFile, sortProblems, type Source } from './source.ts';

/** A file of an ecosystem (`package.json`, `pyproject.toml`, …) as a table of values. */
export type ReadDocument =
  | { kind: 'document'; value: Table }
  | { kind: 'absent' }
  | { kind: 'problems'; problems: ConfigProblem[] };

/** Reads `<root>/<file>` as JSON or TOML, told by its ending. What is wrong with it comes with its place. */
export async function readDocument(root: string, file: string): Promise<ReadDocument> {
  const read = readSource(path.join(root, file), file);
  if (read.kind === 'absent') return read;
  if (read.kind === 'problem') return { kind: 'problems', problems: [read.problem] };
  return file.endsWith('.toml') ? parseToml(read.source) : parseJsonText(read.source);
}

async function parseJsonText(source: Source): Promise<ReadDocument> {
  try {
    const value: unknown = JSON.parse(source.text);
    if (isTable(value)) return { kind: 'document', value };
    return {
      kind: 'problems',
      problems: [problemOfFile(source.file, 'found a value that is no object', 'expected a JSON object')],
    };
  } catch {
    // The parser that knows places is loaded only now that there is something to say.
    const { locateFindings } = await import('./locateFindings.ts');
    return { kind: 'problems', problems: sortProblems(locateFindings(source, [])) };
  }
}

async function parseToml(source: Source): Promise<ReadDocument> {
  const { parse, TomlError } = await import('smol-toml');
  try {
    return { kind: 'document', value: parse(source.text) };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const offset = (source.lineStarts()[error.line - 1] ?? 0) + error.column - 1;
    const [, detail] = /^Invalid TOML document: (.*)/.exec(error.message) ?? [];
    return {
      kind: 'problems',
      problems: [
        problemAt(source, { offset, length: 1 }, { found: `found invalid TOML: ${detail ?? error.message}` }),
      ],
    };
  }
}
