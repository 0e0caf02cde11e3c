/**
 * The exact sum of any doubles, in any order, with terms that can be taken away again: as doubles of which no two
 * overlap, smallest first (J. R. Shewchuk, Adaptive Precision Floating-Point Arithmetic, 1997, algorithm
 * GROW-EXPANSION). Nearly always one number.
 */
export type ExactSum = number[];

/** Adds a finite number in place. To take one away, add its negative. */
export function addExactly(sum: ExactSum, term: number): void {
  let rest = term;
  let kept = 0;
  for (const part of sum) {
    const [large, small] = Math.abs(rest) < Math.abs(part) ? [part, rest] : [rest, part];
    rest = large + small;
    const error = small - (rest - large);
    if (error !== 0) {
      sum[kept] = error;
      kept += 1;
    }
  }
  sum.length = kept;
  if (rest !== 0) sum.push(rest);
}

/** The double nearest to the sum, which does not depend on the order of the terms. */
export function roundedSum(sum: Readonly<ExactSum>): number {
  let at = sum.length - 1;
  if (at < 0) return 0;
  let total = sum[at] ?? 0;
  let error = 0;
  while (at > 0 && error === 0) {
    at -= 1;
    const part = sum[at] ?? 0;
    const before = total;
    total = before + part;
    error = part - (total - before);
  }
  // Half way between two doubles, what is left decides to which side (as Python's math.fsum does).
  const next = sum[at - 1] ?? 0;
  if (at > 0 && ((error < 0 && next < 0) || (error > 0 && next > 0))) {
    const doubled = error * 2;
    const moved = total + doubled;
    if (doubled === moved - total) return moved;
  }
  return total;
}
