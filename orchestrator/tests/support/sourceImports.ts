import { readFile } from 'node:fs/promises';
import path from 'node:path';
import fastGlob from 'fast-glob';

export interface SourceImport {
  /** As written. */
  specifier: string;
  /** Path below the folder of sources; null for a library or a module of Node. */
  target: string | null;
  /** Gone when the program runs. */
  isType: boolean;
  /** 1-based. */
  line: number;
}

export interface SourceFile {
  /** Path below the folder of sources, with forward slashes. */
  file: string;
  /** Without comments; line breaks are kept. */
  code: string;
  lineCount: number;
  imports: SourceImport[];
}

const STATEMENT = /^(?:import|export)\s+(type\s+)?(?:[\w*${}\s,]+?\s+from\s+)?'([^']+)'/gm;
/** `import('x')`, and `import('x').Name` in the place of a type. */
const EXPRESSION = /\bimport\(\s*'([^']+)'\s*\)(\.[A-Z])?/g;

/** Reads all sources below a folder with what they import. Relies on the formatter's one way to write imports. */
export async function readSources(folder: string): Promise<SourceFile[]> {
  const files = await fastGlob('**/*.ts', { cwd: folder });
  return Promise.all(
    files.toSorted().map(async (file) => {
      const text = await readFile(path.join(folder, file), 'utf8');
      const code = withoutComments(text);
      return { file, code, lineCount: text.split('\n').length - 1, imports: importsOf(file, code) };
    }),
  );
}

function importsOf(file: string, code: string): SourceImport[] {
  const found = (at: number, specifier: string, isType: boolean): SourceImport => ({
    specifier,
    target: specifier.startsWith('.') ? path.posix.join(path.posix.dirname(file), specifier) : null,
    isType,
    line: code.slice(0, at).split('\n').length,
  });
  return [
    ...Array.from(code.matchAll(STATEMENT), (match) =>
      found(match.index, match[2] ?? '', match[1] !== undefined),
    ),
    ...Array.from(code.matchAll(EXPRESSION), (match) =>
      found(match.index, match[1] ?? '', match[2] !== undefined),
    ),
  ];
}

function withoutComments(text: string): string {
  return text
    .replaceAll(/\/\*[\s\S]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, ' '))
    .replaceAll(/(^|\s)\/\/.*$/gm, '$1');
}
