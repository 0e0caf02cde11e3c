import {
  snapshotInputs,
  type InputSnapshot,
  type SnapshotRequest,
} from '../../cache/inputs/snapshotInputs.ts';

/** How long a look at the files is good for those that follow, ms. */
const FRESH_MS = 25;

/** Looks at inputs; see {@link createRecentSnapshots}. */
export interface RecentSnapshots {
  take(request: SnapshotRequest): Promise<InputSnapshot>;
  /** Files have changed by our doing. */
  forget(): void;
  /** Does something that may change files at any time until it is over. */
  during<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * Stages that are hits follow each other within a millisecond, often with the same inputs: those are looked at once. Not
 * while anything of ours is at work that changes files, and never for longer than an editor takes to save twice.
 *
 * @param clock monotonic, ms
 */
export function createRecentSnapshots(clock: () => number = () => performance.now()): RecentSnapshots {
  const taken = new Map<string, { snapshot: InputSnapshot; atMs: number }>();
  let atWork = 0;
  let changes = 0;
  const forget = (): void => {
    changes += 1;
    taken.clear();
  };
  return {
    forget,
    async take(request) {
      const name = JSON.stringify([request.repoRoot, request.patterns, request.exclude]);
      const known = taken.get(name);
      const nowMs = clock();
      if (known !== undefined && nowMs - known.atMs < FRESH_MS) return known.snapshot;
      const changesBefore = changes;
      const snapshot = await snapshotInputs(request);
      if (atWork === 0 && changes === changesBefore) taken.set(name, { snapshot, atMs: nowMs });
      return snapshot;
    },
    async during(work) {
      atWork += 1;
      forget();
      try {
        return await work();
      } finally {
        atWork -= 1;
        forget();
      }
    },
  };
}
