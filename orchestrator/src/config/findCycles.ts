import type { Name } from './outline.ts';
import { quote } from './words.ts';

const LONGEST_CHAIN = 20;

/** A way of references that leads back to where it began. */
export interface Cycle {
  /** In words: `"a" -> "b" -> "a"`. */
  chain: string;
  /** The first reference of the way. */
  first: Name;
  /** The reference that closes it; the same as `first` when something refers to itself. */
  closing: Name;
}

/** Something on the way, and its references that are still to be followed, the next one last. */
interface Step {
  id: string;
  /** The reference that led here; null at the start of the way. */
  from: Name | null;
  ahead: Name[];
}

/** Every reference that leads back to something on its own way. References to what is not there lead nowhere. Pure. */
export function findCycles(references: ReadonlyMap<string, readonly Name[]>): Cycle[] {
  const done = new Set<string>();
  const found: Cycle[] = [];
  for (const id of references.keys()) {
    const way: Step[] = [];
    const placeOnWay = new Map<string, number>();
    const enter = (next: string, from: Name | null): void => {
      done.add(next);
      placeOnWay.set(next, way.length);
      way.push({ id: next, from, ahead: (references.get(next) ?? []).toReversed() });
    };
    if (!done.has(id)) enter(id, null);
    for (let step = way.at(-1); step !== undefined; step = way.at(-1)) {
      const reference = step.ahead.pop();
      if (reference === undefined) {
        placeOnWay.delete(step.id);
        way.pop();
        continue;
      }
      const back = placeOnWay.get(reference.name);
      if (back !== undefined) found.push(cycleOf(way.slice(back), reference));
      else if (references.has(reference.name) && !done.has(reference.name)) enter(reference.name, reference);
    }
  }
  return found;
}

function cycleOf(way: Step[], closing: Name): Cycle {
  const ids = way.map((step) => step.id);
  const first = way[1]?.from ?? closing;
  return { chain: chain([...ids, ...ids.slice(0, 1)]), first, closing };
}

/** A long chain is told by its two ends. */
function chain(ids: string[]): string {
  const words = ids.map(quote);
  if (words.length > LONGEST_CHAIN) words.splice(LONGEST_CHAIN / 2, words.length - LONGEST_CHAIN, '…');
  return words.join(' -> ');
}
