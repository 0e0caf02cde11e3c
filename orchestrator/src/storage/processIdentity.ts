import fs from 'node:fs';
import os from 'node:os';
import { errorCode } from './errorCode.ts';

/**
 * Names one process for good. A pid alone lies: it is reused, after a reboot almost at once, and means another
 * process inside a container.
 */
export interface ProcessIdentity {
  host: string;
  /** The boot of the machine on Linux, else null. */
  boot_id: string | null;
  pid: number;
  /** Start of the process in clock ticks since boot, as Linux counts it; null where that is not known. */
  process_start: string | null;
  /** The pid namespace in which `pid` counts, on Linux. Sandboxes share host name and boot, but not pids. */
  pid_namespace?: string;
}

/** This process. */
export function currentProcess(): ProcessIdentity {
  current ??= identifyProcess(process.pid);
  return { ...current };
}

/**
 * Identifies a process of this machine that exists now (or is not reaped yet). For one that is gone
 * `process_start` is null, and so the identity names nothing.
 */
export function identifyProcess(pid: number): ProcessIdentity {
  const pids = pidNamespace();
  return {
    host: os.hostname(),
    boot_id: bootId(),
    pid,
    process_start: processStat(pid)?.start ?? null,
    ...(pids === null ? {} : { pid_namespace: pids }),
  };
}

/**
 * Says whether that very process still works: `dead` only when it is proven (another boot, no such pid, a pid
 * that was given away again, a zombie), `unknown` when it cannot be seen from here (another host or container).
 */
export function probeProcess(identity: ProcessIdentity): 'alive' | 'dead' | 'unknown' {
  if (identity.host !== os.hostname()) return 'unknown';
  if (differ(identity.boot_id, bootId())) return 'dead';
  if (differ(identity.pid_namespace ?? null, pidNamespace())) return 'unknown';
  const stat = processStat(identity.pid);
  if (stat === null) return pidExists(identity.pid) ? 'alive' : 'dead';
  if (ENDED_STATES.has(stat.state)) return 'dead';
  return differ(identity.process_start, stat.start) ? 'dead' : 'alive';
}

const ENDED_STATES = new Set(['Z', 'X', 'x']);

let current: ProcessIdentity | undefined;
let boot: string | null | undefined;
let namespace: string | null | undefined;

function differ(one: string | null, other: string | null): boolean {
  return one !== null && other !== null && one !== other;
}

/** See proc(5), `/proc/pid/stat`: state is field 3, start time field 22. */
function processStat(pid: number): { state: string; start: string } | null {
  const text = readProc(`/proc/${pid}/stat`);
  if (text === null) return null;
  // Field 2 is the name of the program in parentheses, and a name may hold spaces and parentheses of its own.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  const start = fields[19];
  return state === undefined || start === undefined ? null : { state, start };
}

function bootId(): string | null {
  if (boot === undefined) boot = readProc('/proc/sys/kernel/random/boot_id')?.trim() ?? null;
  return boot;
}

function pidNamespace(): string | null {
  if (namespace === undefined) {
    try {
      namespace = fs.readlinkSync('/proc/self/ns/pid');
    } catch {
      namespace = null;
    }
  }
  return namespace;
}

/** null on systems without /proc, for processes that do not exist, and for those that are hidden from us. */
function readProc(file: string): string | null {
  try {
    // UTF-8 is what Node reads in one go, an eighth of the time. A name in another encoding does no harm.
    return fs.readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function pidExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists and belongs to somebody else. Everything but "no such process" proves nothing.
    return errorCode(error) !== 'ESRCH';
  }
}
