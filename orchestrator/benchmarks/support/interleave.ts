import type { Goal, Row } from '../report/row.ts';
import { pairwiseRatios } from './stats.ts';

/** Something that is measured once per round. */
export interface Contender<Result> {
  name: string;
  /** Prepares what it needs, measures and tidies up; only what it returns counts. */
  measure: () => Promise<Result>;
  /** What was measured in every round that counts. */
  results: Result[];
}

/** A contender that has not been measured yet. */
export function contender<Result>(name: string, measure: () => Promise<Result>): Contender<Result> {
  return { name, measure, results: [] };
}

/**
 * Measures all contenders in turns, A B C A B C, so that a busy moment of the machine meets all of them. A first
 * round does not count: it fills the file cache and creates folders.
 */
export async function interleave(contenders: readonly Contender<unknown>[], runs: number): Promise<void> {
  for (const { measure } of contenders) await measure();
  for (let round = 0; round < runs; round += 1) {
    for (const { measure, results } of contenders) results.push(await measure());
  }
}

/** The table row of a contender that was timed, in relation to another of the same rounds. */
export function timeRow(
  timed: Contender<number>,
  options: { reference?: Contender<number>; goal?: Goal } = {},
): Row {
  const { reference, goal } = options;
  return {
    work: timed.name,
    unit: 'ms',
    samples: timed.results,
    ...(reference === undefined
      ? {}
      : {
          versus: { reference: reference.name, ratios: pairwiseRatios(timed.results, reference.results) },
        }),
    ...(goal === undefined ? {} : { goal }),
  };
}
