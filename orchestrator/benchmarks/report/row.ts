import { max, median, min } from '../support/stats.ts';

export type Unit = 'ms' | 'MB' | 'count';

/** One line of a suite's table: something that was measured once in every round. */
export interface Row {
  work: string;
  unit: Unit;
  /** One value per round. 1 MB is 1,000,000 bytes. */
  samples: number[];
  /** The same round's value in relation to a reference's, when there is one. */
  versus?: Versus;
  goal?: Goal;
  /** Why there are no samples: what a reference did instead of its work. */
  failure?: string;
}

export interface Versus {
  /** Name of what it is compared to, such as `node -e 0`. */
  reference: string;
  /** One per round. */
  ratios: number[];
}

/** What a row should reach. */
export interface Goal {
  of: 'ratio' | 'median' | 'min' | 'max';
  is: 'below' | 'at most' | 'at least';
  /** In the unit of the row, or a plain factor for a ratio. */
  limit: number;
}

/** The number of a row that its goal speaks about; NaN for the ratio of a row without one. */
export function goalValue(row: Row, goal: Goal): number {
  return FIGURES[goal.of](row);
}

/** Whether a row reached its goal; a value that is no number did not. */
export function isMet(row: Row, goal: Goal): boolean {
  return COMPARISONS[goal.is](goalValue(row, goal), goal.limit);
}

const FIGURES: Record<Goal['of'], (row: Row) => number> = {
  ratio: ({ versus }) => median(versus?.ratios ?? []),
  median: ({ samples }) => median(samples),
  min: ({ samples }) => min(samples),
  max: ({ samples }) => max(samples),
};

const COMPARISONS: Record<Goal['is'], (value: number, limit: number) => boolean> = {
  below: (value, limit) => value < limit,
  'at most': (value, limit) => value <= limit,
  'at least': (value, limit) => value >= limit,
};
