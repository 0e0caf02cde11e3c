import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addExactly, roundedSum, type ExactSum } from '../../../src/cli/metrics/aggregates/exactSum.ts';

const finite = fc.double({ min: -1e100, max: 1e100, noNaN: true });

it('is the double nearest to the sum, whatever the order', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(finite, fc.nat()), { maxLength: 20 }), (drawn) => {
      const terms = drawn.map(([term]) => term);
      const expected = nearest(terms.reduce((total, term) => total + scaled(term), 0n));
      expect(roundedSum(sumOf(terms))).toBe(expected);
      const shuffled = drawn.toSorted(([, a], [, b]) => a - b).map(([term]) => term);
      expect(roundedSum(sumOf(shuffled))).toBe(expected);
    }),
  );
});

it('gives up what is taken away again, to the last bit', () => {
  fc.assert(
    fc.property(fc.array(finite), fc.array(finite), (kept, taken) => {
      const sum = sumOf([...kept, ...taken]);
      for (const term of taken) addExactly(sum, -term);
      expect(roundedSum(sum)).toBe(roundedSum(sumOf(kept)));
    }),
  );
});

it('survives a way through JSON', () => {
  fc.assert(
    fc.property(fc.array(finite), (terms) => {
      const sum = sumOf(terms);
      const read: unknown = JSON.parse(JSON.stringify(sum));
      expect(read).toEqual(sum);
    }),
  );
});

it.each([
  [[0.1, 0.2, 0.3], 0.6],
  [[1e16, 1, -1e16], 1],
  [[], 0],
])('%j: %d', (terms, total) => {
  expect(roundedSum(sumOf(terms))).toBe(total);
});

function sumOf(terms: readonly number[]): ExactSum {
  const sum: ExactSum = [];
  for (const term of terms) addExactly(sum, term);
  return sum;
}

const UNITS = 1074;

/** The exact value of a double in units of 2^-1074, the smallest there is. */
function scaled(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponent = (bits >> 52n) & 0x7ffn;
  const fraction = bits & ((1n << 52n) - 1n);
  const magnitude = exponent === 0n ? fraction : (fraction | (1n << 52n)) << (exponent - 1n);
  return bits >> 63n === 1n ? -magnitude : magnitude;
}

/** The double nearest to a value in those units; of two equally near ones the even one (IEEE 754). */
function nearest(units: bigint): number {
  const magnitude = units < 0n ? -units : units;
  const drop = BigInt(Math.max(0, magnitude.toString(2).length - 53));
  const half = drop === 0n ? 0n : 1n << (drop - 1n);
  let kept = magnitude >> drop;
  const rest = magnitude - (kept << drop);
  if (drop > 0n && (rest > half || (rest === half && (kept & 1n) === 1n))) kept += 1n;
  // Two steps, since 2^-1074 times a large power would be lost in between.
  const value =
    Number(kept) * 2 ** Math.max(Number(drop) - UNITS, -1000) * 2 ** Math.min(0, Number(drop) - UNITS + 1000);
  return units < 0n ? -value : value;
}
