const LONGEST_STAT = 2000;
const CUT = ' ...';

/**
 * Joins the lines of a diff stat, the last of which is the total, to at most 2000 characters: lines that do not fit
 * are replaced by `...`, the total is kept.
 */
export function limitStat(lines: readonly string[]): string {
  const whole = lines.join('\n');
  if (whole.length <= LONGEST_STAT) return whole;
  const total = lines.at(-1) ?? '';
  let left = LONGEST_STAT - total.length - CUT.length - 2;
  const kept: string[] = [];
  for (const line of lines.slice(0, -1)) {
    left -= line.length + 1;
    if (left < 0) break;
    if (line !== CUT) kept.push(line);
  }
  return [...kept, CUT, total].join('\n');
}
