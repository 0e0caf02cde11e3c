import { inspectLiveness, type Liveness } from './liveness.ts';
import type { Manifest } from './manifestTypes.ts';
import type { RunPaths } from './paths.ts';
import { readRun } from './readRun.ts';

/** A run as a reader sees it: what was recorded, and whether somebody works on it. */
export interface RunSnapshot {
  manifest: Manifest;
  liveness: Liveness;
}

/**
 * Reads a run and its signs of life. Throws as {@link readRun} does. Changes nothing on disk.
 */
export async function readSnapshot(paths: RunPaths): Promise<RunSnapshot> {
  const snapshot = await look(paths);
  // It may have ended, and its owner with it, between the two looks. Only a second one can tell that from a death.
  return snapshot.liveness.state === 'dead' ? look(paths) : snapshot;
}

async function look(paths: RunPaths): Promise<RunSnapshot> {
  const manifest = await readRun(paths);
  return { manifest, liveness: await inspectLiveness(paths, manifest) };
}
