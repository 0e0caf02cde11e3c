/**
 * What happens to the other stages once one has failed: `finish` lets running ones end and begins nothing more, `stop`
 * ends running ones too, `continue` goes on with all that do not depend on the failure.
 */
export type FailurePolicy = 'finish' | 'stop' | 'continue';

export interface ScheduleNode {
  /** Positions of the nodes that must have passed before this one begins. */
  needs: readonly number[];
  /** How long it is expected to take, ms. */
  weightMs: number;
  /** It has passed already and does not run again. */
  passed: boolean;
}

/** A schedule under way; see {@link createSchedule}. */
export interface Schedule {
  /**
   * The next node that may begin now, marked as running; null when none may.
   *
   * @param fits whether there is room for a node; those without are passed over
   */
  next(fits: (node: number) => boolean): number | null;
  /** Whether a node may begin as soon as there is room. */
  hasReady(): boolean;
  /** A node that was running has ended. */
  ended(node: number, passed: boolean): void;
}

/**
 * Decides in which order the nodes of a graph run. Of those whose needs have passed the one with the longest way ahead
 * comes first (critical path: its own weight and those of the heaviest chain that waits for it), of equals the one listed
 * first. A node in a cycle never gets its turn. Does nothing by itself: the caller runs the nodes and tells how they ended.
 */
export function createSchedule(nodes: readonly ScheduleNode[], policy: FailurePolicy): Schedule {
  const dependents = dependentsOf(nodes);
  const ranks = ranksOf(nodes, dependents);
  const missing = nodes.map(({ needs }) => needs.filter((need) => nodes[need]?.passed !== true).length);
  const ready: number[] = [];
  let closed = false;

  const compare = (a: number, b: number) => (ranks[b] ?? 0) - (ranks[a] ?? 0) || a - b;
  const makeReady = (node: number) => {
    const place = ready.findIndex((other) => compare(node, other) < 0);
    ready.splice(place === -1 ? ready.length : place, 0, node);
  };
  for (const [node, { passed }] of nodes.entries()) if (!passed && missing[node] === 0) makeReady(node);

  return {
    next(fits) {
      if (closed) return null;
      const place = ready.findIndex(fits);
      return place === -1 ? null : (ready.splice(place, 1)[0] ?? null);
    },
    hasReady: () => !closed && ready.length > 0,
    ended(node, passed) {
      if (!passed) {
        closed ||= policy !== 'continue';
        return;
      }
      for (const dependent of dependents[node] ?? []) {
        const left = (missing[dependent] ?? 0) - 1;
        missing[dependent] = left;
        if (left === 0 && nodes[dependent]?.passed !== true) makeReady(dependent);
      }
    },
  };
}

/** For each node the nodes that need it; one that names a need twice is there twice, as in its count. */
function dependentsOf(nodes: readonly ScheduleNode[]): number[][] {
  const dependents = nodes.map((): number[] => []);
  for (const [node, { needs }] of nodes.entries()) for (const need of needs) dependents[need]?.push(node);
  return dependents;
}

/**
 * The weight of the heaviest chain that begins with each node, in ms. It ends before a node that has passed: nobody waits
 * for that. Nodes in a cycle keep 0: they never run.
 */
function ranksOf(nodes: readonly ScheduleNode[], dependents: number[][]): number[] {
  const ranks = nodes.map(() => 0);
  const waiting = dependents.map((list) => list.length);
  const ends = [...nodes.keys()].filter((node) => waiting[node] === 0);
  for (let node = ends.pop(); node !== undefined; node = ends.pop()) {
    const ahead = Math.max(0, ...(dependents[node] ?? []).map((dependent) => ranks[dependent] ?? 0));
    ranks[node] = nodes[node]?.passed === true ? 0 : (nodes[node]?.weightMs ?? 0) + ahead;
    for (const need of nodes[node]?.needs ?? []) {
      const left = (waiting[need] ?? 0) - 1;
      waiting[need] = left;
      if (left === 0) ends.push(need);
    }
  }
  return ranks;
}
