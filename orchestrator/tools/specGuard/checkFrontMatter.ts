import type { Finding } from './finding.ts';
import { readFrontMatter } from './frontMatter.ts';
import type { Field } from './frontMatter.ts';

const KEYS = ['id', 'title', 'status', 'owner', 'last_review'];
const STATUSES = ['draft', 'active', 'done', 'superseded'];
const REVIEW_DAYS = 90;
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Checks the front matter that every specification has. A review that lies more than 90 days back only warns: a
 * check must not begin to fail because time goes by.
 */
export function checkFrontMatter(file: string, text: string, today: Date): Finding[] {
  const error = (line: number, column: number, message: string): Finding => ({
    file,
    line,
    column,
    severity: 'error',
    message,
  });
  const frontMatter = readFrontMatter(text);
  if (frontMatter === null) {
    return [error(1, 1, `has no front matter; expected "---", the keys ${KEYS.join(', ')}, and "---"`)];
  }
  const { fields, unreadable } = frontMatter;
  const missing = KEYS.filter((key) => !fields.has(key));
  const empty = [...fields].filter(([key, { value }]) => KEYS.includes(key) && value === '');
  const status = fields.get('status');
  const hasOddStatus = status !== undefined && status.value !== '' && !STATUSES.includes(status.value);
  const review = fields.get('last_review');
  return [
    ...missing.map((key) => error(1, 1, `front matter has no "${key}"`)),
    ...unreadable.map(({ line, text: found }) => error(line, 1, `found "${found}"; expected "key: value"`)),
    ...empty.map(([key, { line, column }]) => error(line, column, `"${key}" is empty`)),
    ...(hasOddStatus
      ? [error(status.line, status.column, `found status "${status.value}"; expected ${STATUSES.join(', ')}`)]
      : []),
    ...(review !== undefined && review.value !== '' ? checkReview(file, review, today) : []),
  ];
}

function checkReview(file: string, { value, line, column }: Field, today: Date): Finding[] {
  const reviewed = /^\d{4}-\d\d-\d\d$/.test(value) ? new Date(`${value}T00:00:00Z`) : new Date(Number.NaN);
  // February 30th parses as a day of March.
  const isDate = !Number.isNaN(reviewed.getTime()) && reviewed.toISOString().startsWith(value);
  if (!isDate) {
    const message = `found last_review "${value}"; expected a date like 2026-01-31`;
    return [{ file, line, column, severity: 'error', message }];
  }
  const days = Math.floor((today.getTime() - reviewed.getTime()) / DAY_MS);
  if (days <= REVIEW_DAYS) return [];
  const message = `last reviewed ${days} days ago; a review is due every ${REVIEW_DAYS} days`;
  return [{ file, line, column, severity: 'warning', message }];
}
