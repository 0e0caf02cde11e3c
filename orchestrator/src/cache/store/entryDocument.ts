/** What `entry.json` of an entry says. */
export interface EntryDocument extends EntryFacts {
  version: typeof ENTRY_VERSION;
  /** SHA-256, hex, of everything that determines what the stage does. */
  key: string;
  /** ISO 8601, UTC. */
  created_at: string;
  /** Bytes of all contents and of the log. */
  bytes: number;
  /** The log of the stage, `stage.ndjson`; null where there was none. */
  log: { size: number; sha256: string } | null;
  /** In the order of their paths. */
  outputs: StoredOutput[];
}

/**
 * Something that the stage made. `path` is relative to the root of the repository, with forward slashes; `mode` holds
 * the nine permission bits; the content of a file is `files/<sha256>`. A directory is one that is empty.
 */
export type StoredOutput =
  | { path: string; kind: 'file'; mode: number; size: number; sha256: string }
  | { path: string; kind: 'symlink'; target: string }
  | { path: string; kind: 'directory'; mode: number };

export const ENTRY_VERSION = 1;

/** Where an entry comes from, as the one who stores it says. */
export interface EntryFacts {
  pipeline_id: string;
  stage_id: string;
  /** The run whose stage made the outputs, and its task. */
  run_id: string;
  task_id: string | null;
  /** Of the stage, in ms. */
  duration_ms: number;
  /** Summary of the stage, one line. */
  summary: string;
  /** What went into the key, for showing it. */
  facts: Readonly<Record<string, unknown>>;
}
