import { printable } from './printable.ts';

/** Who cancelled a run and why, from its summary: `by kim: enough`. null when nobody is named. */
export function cancelledBy(summary: string | null): string | null {
  const words = /^Cancelled \([^)]*\) (by .+?)(?:; \d+ stages? not started)?\.$/m.exec(summary ?? '')?.[1];
  return words === undefined ? null : printable(words);
}
