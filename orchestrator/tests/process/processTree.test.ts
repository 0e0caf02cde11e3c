import { describe, expect, it } from 'vitest';
import type { ProcessEntry } from '../../src/process/processTable.ts';
import { processTree } from '../../src/process/processTree.ts';
import type { ProcessIdentity } from '../../src/storage/processIdentity.ts';

const identity = (pid: number, start: string | null = `start-${pid}`): ProcessIdentity => ({
  host: 'here',
  boot_id: null,
  pid,
  process_start: start,
});
const entry = (pid: number, ppid: number, rest: Partial<ProcessEntry> = {}): ProcessEntry => ({
  pid,
  ppid,
  pgid: pid,
  session: pid,
  start: `start-${pid}`,
  zombie: false,
  ...rest,
});

const NOTHING_KNOWN = new Map<number, ProcessIdentity>();
const root = identity(100);
const pids = (table: ProcessEntry[], known = NOTHING_KNOWN, rootExited = false) =>
  processTree(table, root, known, rootExited).map(({ pid }) => pid);

describe('a process tree', () => {
  it('holds the root and its descendants, whatever group they are in and in any order of the table', () => {
    const table = [
      entry(104, 103),
      entry(103, 100),
      entry(100, 1),
      entry(102, 101),
      entry(101, 100),
      entry(7, 1),
    ];
    expect(pids(table)).toEqual([104, 103, 100, 102, 101]);
  });

  it('holds orphans that are still in the group or in the session', () => {
    const table = [
      entry(100, 1),
      entry(101, 1, { pgid: 100 }),
      entry(102, 1, { session: 100 }),
      entry(103, 102),
    ];
    expect(pids(table)).toEqual([100, 101, 102, 103]);
  });

  it('holds members that were seen earlier and their children', () => {
    const known = new Map([[101, identity(101)]]);
    expect(pids([entry(101, 1), entry(102, 101)], known)).toEqual([101, 102]);
  });

  it('leaves out zombies and ourselves', () => {
    const table = [entry(100, 1), entry(101, 100, { zombie: true }), entry(process.pid, 100)];
    expect(pids(table)).toEqual([100]);
  });

  it('is empty when the number of the root belongs to somebody else by now', () => {
    const table = [entry(100, 1, { start: 'later' }), entry(101, 100), entry(102, 1, { pgid: 100 })];
    expect(pids(table, NOTHING_KNOWN, true)).toEqual([]);
  });

  it('does not hold a member whose number belongs to somebody else by now', () => {
    const known = new Map([[101, identity(101, 'earlier')]]);
    expect(pids([entry(101, 1), entry(102, 101)], known)).toEqual([]);
  });

  it('takes an unknown start for the same', () => {
    expect(pids([entry(100, 1, { start: null, session: null })])).toEqual([100]);
  });

  it('is what is left of the group only if the root was reaped just now', () => {
    const table = [entry(101, 1, { pgid: 100, session: 100 })];
    expect(pids(table)).toEqual([]);
    expect(pids(table, NOTHING_KNOWN, true)).toEqual([101]);
  });

  it('still holds the group of a root that is a zombie', () => {
    expect(pids([entry(100, 1, { zombie: true }), entry(101, 1, { pgid: 100 })])).toEqual([101]);
  });
});
