import { readFile } from 'node:fs/promises';
import path from 'node:path';
import fastGlob from 'fast-glob';
import { checkFrontMatter } from './checkFrontMatter.ts';
import { checkLinks } from './checkLinks.ts';
import type { Finding } from './finding.ts';
import { readFrontMatter } from './frontMatter.ts';
import { evidenceNames, fileLinks } from './links.ts';

export interface Report {
  /** How many documents were read. */
  documents: number;
  /** How many of them are specifications. */
  specifications: number;
  /** By file, line and column. */
  findings: Finding[];
}

const DOCUMENTS = ['docs/**/*.md', 'README.md', 'CHANGELOG.md'];
const SPECIFICATIONS = [
  'docs/*SPEC*.md',
  'docs/PRD-*.md',
  'docs/ACTION_PLAN-*.md',
  'docs/specs/**/*.md',
  '!docs/specs/**/README.md',
];

/**
 * Checks all documents of a repository and reports everything it finds at once.
 *
 * @param today against which the age of a review counts.
 */
export async function checkDocs(root: string, today: Date): Promise<Report> {
  const documents = (await fastGlob(DOCUMENTS, { cwd: root })).toSorted();
  const specifications = new Set(await fastGlob(SPECIFICATIONS, { cwd: root }));
  const findings: Finding[] = [];
  const ids = new Map<string, string>();
  for (const file of documents) {
    const text = await readFile(path.join(root, file), 'utf8');
    const isSpecification = specifications.has(file);
    const links = isSpecification ? [...fileLinks(text), ...evidenceNames(text)] : fileLinks(text);
    const found = await checkLinks(root, file, links);
    if (isSpecification) found.push(...checkFrontMatter(file, text, today), ...repeatedId(file, text, ids));
    findings.push(...found.toSorted((a, b) => a.line - b.line || a.column - b.column));
  }
  return { documents: documents.length, specifications: specifications.size, findings };
}

/** An id names one specification; `ids` remembers which. */
function repeatedId(file: string, text: string, ids: Map<string, string>): Finding[] {
  const id = readFrontMatter(text)?.fields.get('id');
  if (id === undefined || id.value === '') return [];
  const first = ids.get(id.value);
  if (first === undefined) {
    ids.set(id.value, file);
    return [];
  }
  const message = `the id "${id.value}" is taken by ${first}`;
  return [{ file, line: id.line, column: id.column, severity: 'error', message }];
}
