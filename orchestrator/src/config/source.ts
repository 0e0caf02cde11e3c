import type { ConfigProblem, Excerpt } from './problem.ts';

/** A text file of the repository, ready to give places. */
export interface Source {
  /** As shown to a person. */
  file: string;
  text: string;
  /** Offset of the first character of every line; computed when first asked for. */
  lineStarts: () => number[];
}

/** A part of the text, in UTF-16 code units. */
export interface Span {
  offset: number;
  length: number;
}

/** A problem without its place. Severity is `error` and path, expectation are empty unless given. */
export interface ProblemFacts {
  severity?: ConfigProblem['severity'];
  path?: string;
  found: string;
  expected?: string;
  suggestion?: string | undefined;
  related?: { span: Span; note: string } | undefined;
}

const EXCERPT_WINDOW = 120;
const EXCERPT_BEFORE = 60;

/** Wraps a text so that places in it can be named. */
export function sourceOf(file: string, text: string): Source {
  let starts: number[] | null = null;
  return { file, text, lineStarts: () => (starts ??= findLineStarts(text)) };
}

/** Puts facts to a place of the source. */
export function problemAt(source: Source, span: Span, facts: ProblemFacts): ConfigProblem {
  const problem: ConfigProblem = {
    severity: facts.severity ?? 'error',
    file: source.file,
    ...placeOf(source, span),
    path: facts.path ?? '',
    found: facts.found,
    expected: facts.expected ?? '',
  };
  if (facts.suggestion !== undefined) problem.suggestion = facts.suggestion;
  if (facts.related) problem.related = { ...placeOf(source, facts.related.span), note: facts.related.note };
  return problem;
}

/** A problem of a file whose text cannot be shown: it stands at 1:1 without an excerpt. */
export function problemOfFile(file: string, found: string, expected: string): ConfigProblem {
  return { severity: 'error', file, line: 1, column: 1, path: '', found, expected };
}

/** By place; at one place errors come before warnings. */
export function sortProblems(problems: ConfigProblem[]): ConfigProblem[] {
  return problems.toSorted(
    (a, b) => a.line - b.line || a.column - b.column || a.severity.localeCompare(b.severity),
  );
}

function placeOf(source: Source, span: Span): { line: number; column: number; excerpt: Excerpt } {
  const starts = source.lineStarts();
  const index = lastAtOrBefore(starts, span.offset);
  const start = starts[index] ?? 0;
  const line = withoutLineBreak(source.text.slice(start, starts[index + 1]));
  const column = span.offset - start;
  return { line: index + 1, column: column + 1, excerpt: excerptOf(line, column, span.length) };
}

/** Looks at the end only: the line may be the whole file, and asked for as often as it has problems. */
function withoutLineBreak(line: string): string {
  if (line.endsWith('\r\n')) return line.slice(0, -2);
  return line.endsWith('\n') || line.endsWith('\r') ? line.slice(0, -1) : line;
}

function excerptOf(line: string, column: number, length: number): Excerpt {
  const meant = Math.max(1, Math.min(length, line.length - column));
  if (line.length <= EXCERPT_WINDOW) return { text: line, from: column, length: meant };
  const start = Math.max(0, Math.min(column - EXCERPT_BEFORE, line.length - EXCERPT_WINDOW));
  const end = Math.min(line.length, start + EXCERPT_WINDOW);
  const before = start > 0 ? '…' : '';
  const text = `${before}${line.slice(start, end)}${end < line.length ? '…' : ''}`;
  const from = column - start + before.length;
  return { text, from, length: Math.max(1, Math.min(meant, end - column)) };
}

function findLineStarts(text: string): number[] {
  const starts = [0];
  for (const lineBreak of text.matchAll(/\r\n|\r|\n/g)) starts.push(lineBreak.index + lineBreak[0].length);
  return starts;
}

function lastAtOrBefore(sorted: number[], value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((sorted[middle] ?? 0) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
