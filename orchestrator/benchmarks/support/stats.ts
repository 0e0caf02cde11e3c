/** The middle value; of an even number of values the mean of the two in the middle. NaN without values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The smallest value; NaN without values. */
export function min(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : Math.min(...values);
}

/** The greatest value; NaN without values. */
export function max(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : Math.max(...values);
}

/** Median absolute deviation from the median: the usual distance, blind to a few outliers. */
export function medianDeviation(values: readonly number[]): number {
  const center = median(values);
  return median(values.map((value) => Math.abs(value - center)));
}

/**
 * `values[i] / references[i]`. Of two values measured side by side the ratio stays what it is when the machine is
 * busy for a while; the ratio of two medians does not.
 *
 * @throws Error when the lists are of different length.
 */
export function pairwiseRatios(values: readonly number[], references: readonly number[]): number[] {
  if (values.length !== references.length) {
    throw new Error(
      `${values.length} values cannot be compared to ${references.length} references in pairs.`,
    );
  }
  return values.map((value, at) => value / (references[at] ?? Number.NaN));
}
