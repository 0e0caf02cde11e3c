import { FailureError } from '../failure.ts';
import { describeOwner } from '../run/claimRun.ts';
import { inspectLiveness } from '../run/liveness.ts';
import type { Manifest } from '../run/manifestTypes.ts';
import type { RunPaths } from '../run/paths.ts';

/**
 * Throws `run-is-live` while somebody works on the run. A live owner of ours is found out by its lock when the run is
 * claimed. Other tools leave no lock; a fresh heartbeat is all there is to see of them.
 */
export async function refuseLive(paths: RunPaths, manifest: Manifest): Promise<void> {
  const { state, owner, detail } = await inspectLiveness(paths, manifest);
  if (state !== 'live') return;
  const who = owner === null ? `another tool (${detail})` : describeOwner(owner);
  throw new FailureError({ kind: 'run-is-live', runId: paths.runId, owner: who });
}
