import { utimesSync } from 'node:fs';
import type { FileActivity } from '../storage/fileActivity.ts';
import { replaceFileSync } from '../storage/replaceFile.ts';
import { HEARTBEAT_INTERVAL_SECONDS } from './createManifest.ts';
import type { Manifest } from './manifestTypes.ts';
import type { RunPaths } from './paths.ts';

export interface Heartbeat {
  /** Writes the last beat and ends the timer. */
  stop(): void;
}

/**
 * Shows that the owner of a run is alive: `.heartbeat` is replaced now, every 5 s, and at the end. The owner lock
 * is touched as well, so that a machine that cannot see our process sees a young lock. Missed beats are not
 * errors; a run never waits for one and the timer never keeps the process alive.
 */
export function startHeartbeat(paths: RunPaths, manifest: Manifest, activity?: FileActivity): Heartbeat {
  beat(paths, manifest, activity);
  const timer = setInterval(() => beat(paths, manifest, activity), HEARTBEAT_INTERVAL_SECONDS * 1_000);
  timer.unref();
  return {
    stop() {
      clearInterval(timer);
      beat(paths, manifest, activity);
    },
  };
}

/** Synchronous: without fsync a beat takes a tenth of a millisecond, less than the thread pool's round trips. */
function beat(paths: RunPaths, manifest: Manifest, activity: FileActivity | undefined): void {
  const now = new Date();
  manifest.heartbeat_at = now.toISOString();
  try {
    replaceFileSync(paths.heartbeatPath, `${manifest.heartbeat_at}\n`, { durable: false, activity });
    utimesSync(paths.ownerLockPath, now, now);
  } catch {
    // A full or vanished disk stops the run where evidence is written, with a better message than a beat has.
  }
}
