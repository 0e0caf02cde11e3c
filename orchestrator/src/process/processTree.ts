import type { ProcessIdentity } from '../storage/processIdentity.ts';
import type { ProcessEntry } from './processTable.ts';

/**
 * Picks everything out of a process table that belongs to `root`: itself, its group and session, all descendants of
 * those, and the descendants of members seen earlier (`known`, by pid). A number that was given to another process
 * since never counts. Zombies are left out: they have ended. Pure.
 *
 * @param rootExited the caller has reaped the root itself just now: its number may be missing from the table and still
 *   name the group. Without that, a root that is missing has no tree.
 */
export function processTree(
  table: readonly ProcessEntry[],
  root: ProcessIdentity,
  known: ReadonlyMap<number, ProcessIdentity>,
  rootExited: boolean,
): ProcessEntry[] {
  const leader = table.find((entry) => entry.pid === root.pid);
  // A pid is not given away while a group or session of that number exists, so the leader vouches for it.
  const ownsNumber = leader === undefined ? rootExited : sameStart(root, leader);
  const members = new Set<number>();
  for (const entry of table) {
    const inGroup = entry.pid === root.pid || entry.pgid === root.pid || entry.session === root.pid;
    const before = known.get(entry.pid);
    if ((ownsNumber && inGroup) || (before !== undefined && sameStart(before, entry))) members.add(entry.pid);
  }
  addDescendants(table, members);
  return table.filter((entry) => members.has(entry.pid) && !entry.zombie && entry.pid !== process.pid);
}

function addDescendants(table: readonly ProcessEntry[], members: Set<number>): void {
  const children = new Map<number, number[]>();
  for (const { pid, ppid } of table) {
    const siblings = children.get(ppid);
    if (siblings === undefined) children.set(ppid, [pid]);
    else siblings.push(pid);
  }
  // A set gives out what is added to it while it is walked.
  for (const pid of members) for (const child of children.get(pid) ?? []) members.add(child);
}

function sameStart(identity: ProcessIdentity, entry: ProcessEntry): boolean {
  return identity.process_start === null || entry.start === null || identity.process_start === entry.start;
}
