/**
 * The exact sum of any doubles, in any order, with terms that can be taken away again: as doubles of which no two
 * overlap, smallest first (J. R. Shewchuk, Adaptive Precision Floating-Point Arithmetic, 1997, algorithm
 * GROW-EXPANSION). Nearly always one number.
 */
export type ExactSum = number[];

/**
 * Adds a finite number in place. To take one away, add its negative. Every entry of a history goes through here many times,
 * so the error of an addition is found without a comparison (D. E. Knuth, The Art of Computer Programming, volume 2, 4.2.2,
 * theorem B).
 */
export function addExactly(sum: ExactSum, term: number): void {
  if (term === 0) return;
  let rest = term;
  let kept = 0;
  for (let at = 0; at < sum.length; at += 1) {
    const part = sum[at] ?? 0;
    const total = rest + part;
    const moved = total - rest;
    const error = rest - (total - moved) + (part - moved);
    rest = total;
    if (error !== 0) {
      sum[kept] = error;
      kept += 1;
    }
  }
  if (rest !== 0) {
    sum[kept] = rest;
    kept += 1;
  }
  // Setting a length costs more than all the rest, also when it stays the same.
  if (kept < sum.length) sum.length = kept;
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
