import { cacheKey, type KeyFacts } from '../../cache/cacheKey.ts';
import type { HashMemo } from '../../cache/inputs/hashMemo.ts';
import type { InputSnapshot, SnapshotRequest } from '../../cache/inputs/snapshotInputs.ts';
import type { PlacedStage } from './stageCache.ts';
import type { RecentSnapshots } from './recentSnapshots.ts';
import { stageFacts } from './stageFacts.ts';

/** What a stage would do now, as far as the cache can tell. */
export type StageLook =
  | KnownLook
  /** `why`: a sentence without its full stop. `isFault`: it has to do with the stage alone, and is worth a line. */
  | { kind: 'unknown'; why: string; isFault: boolean };

export interface KnownLook {
  kind: 'known';
  key: string;
  facts: KeyFacts;
  inputs: InputSnapshot;
  /** What was asked to get `inputs`, to ask again. */
  request: SnapshotRequest;
}

export interface LookRequest extends PlacedStage {
  memo: HashMemo;
  snapshots: RecentSnapshots;
  /** Absolute paths in which there are no inputs. */
  exclude: readonly string[];
}

/**
 * Works out the key of a stage. Changes nothing but what the memo holds in memory.
 *
 * @throws FailureError when git cannot be asked what it ignores; errno errors.
 */
export async function lookAtStage(request: LookRequest): Promise<StageLook> {
  const { stage, env, needs, memo, exclude } = request;
  if (needs === null) {
    return { kind: 'unknown', why: 'a stage it needs has left what nobody can tell', isFault: false };
  }
  const patterns = stage.cache?.inputs ?? [];
  const snapshot = { repoRoot: env.repoRoot, patterns, memo, exclude };
  const inputs = await request.snapshots.take(snapshot);
  const [unreadable] = inputs.unreadable;
  if (unreadable !== undefined) {
    return { kind: 'unknown', why: `its input ${unreadable} cannot be read`, isFault: true };
  }
  const facts = stageFacts(request, inputs.digest, needs);
  return { kind: 'known', key: cacheKey(facts), facts, inputs, request: snapshot };
}
