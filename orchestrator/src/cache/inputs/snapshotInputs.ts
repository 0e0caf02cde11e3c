import { findInputs, type Finding } from './findInputs.ts';
import type { HashMemo } from './hashMemo.ts';
import { openIgnored, type Ignored } from './ignored/openIgnored.ts';
import { globSet, type GlobSet } from '../globs/globSet.ts';
import type { InputSnapshot } from './inputSnapshot.ts';
import { lookAtInputs } from './lookAtInputs.ts';
import { placesInside } from './placesInside.ts';
import { digestOf, filesOf } from './seenInputs.ts';

export type { InputFile, InputSnapshot } from './inputSnapshot.ts';

export interface SnapshotRequest {
  /** Absolute. */
  repoRoot: string;
  /** Globs, relative to the root; `!` before one makes an exception. */
  patterns: readonly string[];
  /** null: nothing is remembered from an earlier time, nor for a later one. */
  memo: HashMemo | null;
  /** Absolute paths of our own folders (runs, cache), in which there are no inputs. */
  exclude?: readonly string[];
}

/**
 * Tells what the inputs of a stage hold. What git ignores is left out unless a glob names it (see `findInputs`).
 *
 * Measured on two cores, in a fresh process with a memo: 20,000 unchanged files in 200 folders 62 ms (looking at them 42 of
 * it; loading the memo takes 3 more), with git asked 76, without a memo 250; 200 files 3 ms.
 *
 * git's index could spare reading tracked files without a memo, but its hashes are those of contents before filters and
 * line ends: two files that differ may have one.
 *
 * @throws FailureError for a glob that leaves the repository, and when git cannot be asked.
 */
export async function snapshotInputs(request: SnapshotRequest): Promise<InputSnapshot> {
  const lookMs = Date.now();
  const { repoRoot, memo } = request;
  const globs = await globSet(request.patterns, 'input');
  const ignored = await openIgnored(repoRoot, memo);
  const finding = await search(request, { globs, ignored, lookMs });
  const { seen, unreadable } = await lookAtInputs(repoRoot, finding.inputs, memo, lookMs);
  ignored.remember(finding.folders);
  return {
    digest: digestOf(seen),
    folders: finding.visited,
    warnings: warningsOf(globs, finding),
    unreadable: [...finding.unreadable, ...unreadable].toSorted(),
    get files() {
      return filesOf(seen);
    },
  };
}

async function search(
  { repoRoot, memo, exclude = [] }: SnapshotRequest,
  { globs, ignored, lookMs }: { globs: GlobSet; ignored: Ignored; lookMs: number },
): Promise<Finding> {
  const excluded = placesInside(repoRoot, exclude);
  for (;;) {
    const result = findInputs({ root: repoRoot, globs, excluded, ignored, memo, lookMs });
    if ('finding' in result) return result.finding;
    // Each repository is asked once at most.
    await ignored.ask(result.unanswered);
  }
}

function warningsOf(globs: GlobSet, { links }: Finding): string[] {
  const throughLinks = [...links].map(
    ([{ glob }, link]) =>
      `The input glob "${glob}" leads through the symbolic link "${link}", which is not followed.`,
  );
  const empty = globs.withoutMatch().filter((glob) => !links.has(glob));
  return [...throughLinks, ...empty.map(({ glob }) => `The input glob "${glob}" matches no file.`)];
}
