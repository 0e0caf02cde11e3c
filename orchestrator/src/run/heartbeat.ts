import { utimes } from 'node:fs/promises';
import { replaceFile } from '../storage/replaceFile.ts';
import { HEARTBEAT_INTERVAL_SECONDS } from './createManifest.ts';
import type { Manifest } from './manifestTypes.ts';
import type { RunPaths } from './paths.ts';

export interface Heartbeat {
  /** Writes the last beat and ends the timer. May be called again; the second call does nothing. */
  stop(): Promise<void>;
}

/**
 * Shows that the owner of a run is alive: `.heartbeat` is replaced now, every 5 s, and at the end. The owner lock
 * is touched as well, so that a machine that cannot see our process sees a young lock. Missed beats are not
 * errors; a run never waits for one and the timer never keeps the process alive.
 */
export function startHeartbeat(paths: RunPaths, manifest: Manifest): Heartbeat {
  let last = beat(paths, manifest);
  const timer = setInterval(() => {
    last = last.then(() => beat(paths, manifest));
  }, HEARTBEAT_INTERVAL_SECONDS * 1_000);
  timer.unref();
  let stopped: Promise<void> | null = null;
  return {
    stop() {
      clearInterval(timer);
      stopped ??= last.then(() => beat(paths, manifest));
      return stopped;
    },
  };
}

async function beat(paths: RunPaths, manifest: Manifest): Promise<void> {
  const now = new Date();
  manifest.heartbeat_at = now.toISOString();
  try {
    await Promise.all([
      replaceFile(paths.heartbeatPath, `${manifest.heartbeat_at}\n`, { durable: false }),
      utimes(paths.ownerLockPath, now, now),
    ]);
  } catch {
    // A full or vanished disk stops the run where evidence is written, with a better message than a beat has.
  }
}
