import { execFile } from 'node:child_process';
import fs from 'node:fs';
import { promisify } from 'node:util';

/** One process of this machine, at the moment of the reading. */
export interface ProcessEntry {
  pid: number;
  ppid: number;
  pgid: number;
  /** null where the system does not say. */
  session: number | null;
  /** As `process_start` of an identity: clock ticks since boot on Linux, else null. */
  start: string | null;
  /** Ended, but not yet reaped by its parent. */
  zombie: boolean;
}

/**
 * Lists all processes that can be seen from here: from /proc on Linux, through `ps` elsewhere.
 *
 * @throws when `ps` cannot be run.
 */
export async function readProcessTable(): Promise<ProcessEntry[]> {
  return process.platform === 'linux' ? readProc() : readPs();
}

/** As {@link readProcessTable}, through `ps`, which POSIX systems have. */
export async function readPs(): Promise<ProcessEntry[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,pgid=,stat='], {
    maxBuffer: MAX_PS_BYTES,
  });
  const entries: ProcessEntry[] = [];
  for (const line of stdout.split('\n')) {
    const [pid, ppid, pgid, state] = line.trim().split(/\s+/);
    if (state === undefined) continue;
    entries.push({
      pid: Number(pid),
      ppid: Number(ppid),
      pgid: Number(pgid),
      session: null,
      start: null,
      zombie: state.startsWith('Z'),
    });
  }
  return entries;
}

const MAX_PS_BYTES = 64 * 1024 * 1024;

function readProc(): ProcessEntry[] {
  const entries: ProcessEntry[] = [];
  for (const name of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const entry = readStat(Number(name));
    if (entry !== null) entries.push(entry);
  }
  return entries;
}

/** Fields as in proc(5), `/proc/pid/stat`; null for a process that ended since the folder was listed. */
function readStat(pid: number): ProcessEntry | null {
  let text: string;
  try {
    text = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return null;
  }
  // Field 2 is the name of the program in parentheses, which may hold spaces and parentheses itself.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, ppid, pgid, session] = fields;
  if (state === undefined) return null;
  return {
    pid,
    ppid: Number(ppid),
    pgid: Number(pgid),
    session: Number(session),
    start: fields[19] ?? null,
    zombie: state === 'Z' || state === 'X',
  };
}
