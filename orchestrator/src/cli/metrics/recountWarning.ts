import type { AggregatesUpdate } from './metricsAggregator.ts';

/** What the user is told when the whole history had to be read again; nothing otherwise. Pure. */
export function recountWarning({ rebuilt }: AggregatesUpdate): string[] {
  return rebuilt === null ? [] : [`The metrics of this task were counted anew: ${rebuilt}.`];
}
