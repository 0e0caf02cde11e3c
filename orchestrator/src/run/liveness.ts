import { readFile } from 'node:fs/promises';
import { inspectLock, type LockOwner } from '../storage/lock.ts';
import { isOwnJournal } from './journal.ts';
import type { Manifest } from './manifestTypes.ts';
import type { RunPaths } from './paths.ts';
import { errorCode } from '../storage/errorCode.ts';

/**
 * Whether somebody works on a run, apart from what its manifest says:
 * `live` its owner is alive; `ended` it has reached a final status; `dead` it has not and nobody works on it;
 * `unknown` its owner cannot be seen from here and its heartbeat has gone stale.
 */
export interface Liveness {
  state: 'live' | 'ended' | 'dead' | 'unknown';
  /** One clause for a person. */
  detail: string;
  owner: LockOwner | null;
  heartbeatAt: string | null;
  /** Age of the last heartbeat in ms; null when there is none. */
  heartbeatAgeMs: number | null;
}

/** Reads the signs of life of a run. Changes nothing. */
export async function inspectLiveness(paths: RunPaths, manifest: Manifest): Promise<Liveness> {
  const [lock, heartbeatAt] = await Promise.all([inspectLock(paths.ownerLockPath), readHeartbeat(paths)]);
  const beat = heartbeatAt ?? manifest.heartbeat_at;
  const heartbeatAgeMs = beat === null ? null : Math.max(0, Date.now() - Date.parse(beat));
  const owner = lock?.owner ?? null;
  const base = { owner, heartbeatAt: beat, heartbeatAgeMs };
  if (isTerminal(manifest)) return { ...base, state: 'ended', detail: `ended ${manifest.status}` };
  if (lock?.liveness === 'alive') return { ...base, state: 'live', detail: `running in ${place(owner)}` };
  if (lock?.liveness === 'dead') {
    return { ...base, state: 'dead', detail: `its owner is gone (${place(owner)})` };
  }
  // A run of ours without a lock was let go by its owner; only another tool's may live without one.
  if (lock === null && (await isOwnJournal(paths.journalPath))) {
    return { ...base, state: 'dead', detail: 'its owner has let go of it' };
  }
  const staleMs = manifest.heartbeat_stale_after_seconds * 1_000;
  // One from far in the future was written by a clock that has been set back since, and would stay fresh for ever.
  const fresh = beat !== null && heartbeatAgeMs !== null && Date.parse(beat) - Date.now() <= staleMs;
  if (fresh && heartbeatAgeMs <= staleMs)
    return { ...base, state: 'live', detail: `its heartbeat is ${seconds(heartbeatAgeMs)} old` };
  if (lock === null) return { ...base, state: 'dead', detail: `nobody owns it; ${beatText(heartbeatAgeMs)}` };
  return {
    ...base,
    state: 'unknown',
    detail: `its owner (${place(owner)}) cannot be seen from here; ${beatText(heartbeatAgeMs)}`,
  };
}

/** True when the manifest holds a final status. */
export function isTerminal(manifest: Manifest): boolean {
  return manifest.status === 'succeeded' || manifest.status === 'failed' || manifest.status === 'cancelled';
}

async function readHeartbeat(paths: RunPaths): Promise<string | null> {
  try {
    const text = (await readFile(paths.heartbeatPath, 'utf8')).trim();
    return Number.isNaN(Date.parse(text)) ? null : text;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

function place(owner: LockOwner | null): string {
  return owner === null ? 'an unnamed process' : `process ${owner.pid} on ${owner.host}`;
}

function beatText(ageMs: number | null): string {
  return ageMs === null ? 'it never had a heartbeat' : `its last heartbeat is ${seconds(ageMs)} old`;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1_000)} s`;
}
