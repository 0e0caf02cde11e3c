/** How often something was done, and to how many bytes. */
export interface Volume {
  count: number;
  bytes: number;
}

/**
 * What was done to files on behalf of one run. Counted where it happens and once it has succeeded. Handed to whoever
 * works for that run: several runs may work side by side in one process, and asking the runtime which of them a call
 * belongs to (AsyncLocalStorage) costs a run of ten stages 5 to 9 ms on Node 20.
 */
export interface FileActivity {
  /** Whole files, each written beside its place and renamed over it. */
  replaces: { manifest: Volume; other: Volume };
  /** Writes at the end of a growing file. One write of a stage log holds as many lines as there are at the moment. */
  appends: { journal: Volume; stage_logs: Volume; metrics: Volume; other: Volume };
  /** Files that are written only once: locks, tokens, queued entries. */
  creations: Volume;
  /** Whole files or pieces of them; not what the operating system tells (`/proc`). */
  reads: Volume;
  fsyncs: { files: number; directories: number };
  locks: {
    acquired: number;
    /** Those of them that a dead owner had left behind. */
    taken_over: number;
    /** Pauses before the next try for a lock that was held by somebody. */
    waits: number;
    waited_ms: number;
  };
}

/** Whose work an operation is; absent or undefined: nobody asks. */
export interface Counted {
  activity?: FileActivity | undefined;
}

/** Counters at zero. */
export function createFileActivity(): FileActivity {
  return {
    replaces: { manifest: none(), other: none() },
    appends: { journal: none(), stage_logs: none(), metrics: none(), other: none() },
    creations: none(),
    reads: none(),
    fsyncs: { files: 0, directories: 0 },
    locks: { acquired: 0, taken_over: 0, waits: 0, waited_ms: 0 },
  };
}

/** Counts one operation on so many bytes; text in UTF-8. */
export function count(volume: Volume | undefined, data: number | string | Uint8Array): void {
  if (volume === undefined) return;
  volume.count += 1;
  if (typeof data === 'number') volume.bytes += data;
  else volume.bytes += typeof data === 'string' ? Buffer.byteLength(data) : data.length;
}

/**
 * Runs `work`, which is synchronous, and in which {@link currentActivity} gives these counters: for what is too deep down
 * to be handed them. Nothing else of this process can come in between.
 */
export function countingFor<T>(activity: FileActivity | undefined, work: () => T): T {
  const outer = current;
  current = activity;
  try {
    return work();
  } finally {
    current = outer;
  }
}

/** The counters of the work under way; undefined outside of {@link countingFor}. */
export function currentActivity(): FileActivity | undefined {
  return current;
}

let current: FileActivity | undefined;

/** Counts one fsync, whatever its form. */
export function countSync(activity: FileActivity | undefined, of: keyof FileActivity['fsyncs']): void {
  if (activity !== undefined) activity.fsyncs[of] += 1;
}

function none(): Volume {
  return { count: 0, bytes: 0 };
}
