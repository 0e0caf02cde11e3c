import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { Counted } from '../../storage/fileActivity.ts';
import { openFolderListing } from './folderListing.ts';
import { limitStat } from './limitStat.ts';
import { pathsInside } from './pathsInside.ts';
import { openSnapshotStore } from './snapshotStore.ts';
import { NO_CHANGES, type ChangedFile } from './treeChanges.ts';
import type { Workspace, WorkspaceChanges } from './workspace.ts';

/**
 * A folder that is in no repository. Snapshots are fingerprints of all its files; of each, the listing is kept in
 * `<dir>/snapshots`. There are no checkpoints and no patches: contents are not kept.
 */
export async function openFolderWorkspace({
  repoRoot,
  dir,
  exclude,
  reason,
  signal,
  activity,
}: Counted & {
  repoRoot: string;
  dir: string;
  exclude: readonly string[];
  /** Why it is in no repository. */
  reason: string;
  signal?: AbortSignal;
}): Promise<Workspace> {
  const root = await realpath(repoRoot);
  const list = openFolderListing(root, await pathsInside(root, [...exclude, dir]), signal);
  const store = openSnapshotStore(path.join(dir, 'snapshots'), activity);
  return {
    withoutCheckpoints: reason,
    snapshot: async () => store.write(await list()),
    // Repositories in the folder are folders like others: all their files are in the listing.
    state: async (snapshot) => snapshot,
    checkpoint: async () => null,
    changes: async (from, to) =>
      from === to ? NO_CHANGES : listingChanges(await store.read(from), await store.read(to)),
  };
}

function listingChanges(
  from: ReadonlyMap<string, string>,
  to: ReadonlyMap<string, string>,
): WorkspaceChanges {
  const files: ChangedFile[] = [];
  for (const [file, content] of to) {
    const before = from.get(file);
    if (before === undefined) files.push({ path: file, kind: 'added' });
    else if (before !== content) files.push({ path: file, kind: 'modified' });
  }
  for (const file of from.keys()) if (!to.has(file)) files.push({ path: file, kind: 'deleted' });
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  const rows = files.map(({ path: file, kind }) => ({ name: quoted(file), kind }));
  const width = rows.reduce((widest, { name }) => Math.min(60, Math.max(widest, name.length)), 0);
  const lines = rows.map(({ name, kind }) => ` ${name.padEnd(width)} | ${kind}`);
  const total = ` ${files.length} file${files.length === 1 ? '' : 's'} changed`;
  return { files, stat: limitStat([...lines, total]), patch: '' };
}

/** As git writes a name that would not fit into one line. */
function quoted(file: string): string {
  // oxlint-disable-next-line no-control-regex -- finding control characters is the purpose
  return /[\u0000-\u001f"\\]/.test(file) ? JSON.stringify(file) : file;
}
