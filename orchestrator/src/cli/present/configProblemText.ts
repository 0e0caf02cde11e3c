import type { ConfigProblem, Excerpt } from '../../config/problem.ts';

/** How parts of the text are coloured; without it the text is plain. */
export interface ProblemStyle {
  error: (text: string) => string;
  warning: (text: string) => string;
  /** For what only supports: the note of a related place. */
  dim: (text: string) => string;
}

const PLAIN: ProblemStyle = { error: String, warning: String, dim: String };

/** More than anybody reads in one go; the counts at the end are of all. */
const MOST_SHOWN = 100;

/**
 * The problems of a configuration as text: one paragraph each with its place, the line and a squiggle under the part
 * that is meant, then the related place, and at the end a line with the counts. No final line break.
 */
export function configProblemText(problems: readonly ConfigProblem[], style: ProblemStyle = PLAIN): string {
  const paragraphs = problems.slice(0, MOST_SHOWN).map((problem) => paragraph(problem, style));
  const rest = problems.length - paragraphs.length;
  if (rest > 0) paragraphs.push(`… and ${rest} more`);
  return [...paragraphs, countLine(problems)].join('\n\n');
}

function paragraph(problem: ConfigProblem, style: ProblemStyle): string {
  const paint = (text: string) => style[problem.severity](text);
  const { file, line, column, related } = problem;
  const lines = [`${file}:${line}:${column}  ${paint(problem.severity)}  ${sentence(problem)}`];
  if (problem.excerpt) lines.push(...excerptLines(problem.excerpt, paint));
  if (related) {
    lines.push(`  ${file}:${related.line}:${related.column}  ${style.dim(related.note)}`);
    if (related.excerpt) lines.push(...excerptLines(related.excerpt, style.dim));
  }
  return lines.join('\n');
}

function sentence({ found, expected, suggestion }: ConfigProblem): string {
  const hint = suggestion === undefined ? '' : ` (did you mean "${printable(suggestion)}"?)`;
  return `${found}${expected === '' ? '' : `, ${expected}`}${hint}`;
}

function excerptLines(excerpt: Excerpt, paint: (text: string) => string): string[] {
  const { text, from, length } = excerpt;
  // Tabs stay tabs in the padding, so that the squiggle is under its part however wide a tab is shown.
  const padding = text.slice(0, from).padEnd(from).replace(/[^\t]/g, ' ');
  const mark = length === 1 ? '^' : '~'.repeat(length);
  return [`    ${printable(text)}`, `    ${padding}${paint(mark)}`];
}

/** Characters that would move the cursor, change colours or the reading direction become one visible character. */
function printable(text: string): string {
  return text.replace(/(?!\t)[\p{C}\p{Zl}\p{Zp}]/gu, '\ufffd');
}

function countLine(problems: readonly ConfigProblem[]): string {
  const count = (severity: ConfigProblem['severity']) =>
    problems.filter((problem) => problem.severity === severity).length;
  return [counted(count('error'), 'error'), counted(count('warning'), 'warning')].filter(Boolean).join(', ');
}

function counted(count: number, word: string): string {
  if (count === 0) return '';
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
