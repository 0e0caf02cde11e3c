import fs from 'node:fs';
import { errorCode } from './errorCode.ts';
import { count, type FileActivity } from './fileActivity.ts';
import { probeProcess, type ProcessIdentity } from './processIdentity.ts';

/** The content of a lock file: who holds it, since when and what for. */
export interface LockOwner extends ProcessIdentity {
  /** Different for every acquisition, also by the same process. */
  token: string;
  /** UTC ISO-8601 with milliseconds. */
  acquired_at: string;
  /** In words, for the message that says who is in the way. */
  purpose: string;
}

/** A lock file as it was at one moment. */
export interface LockSnapshot {
  /** null for the empty or foreign file of another tool. */
  owner: LockOwner | null;
  /** Tells this very lock from every later one at the same path; fit to be part of a file name. */
  key: string;
  /** Milliseconds since the file was written, by its modification time. */
  ageMs: number;
}

/**
 * Reads a lock file; null when there is none.
 *
 * @throws the errno error of the file system.
 */
export function readLock(path: string, activity?: FileActivity): LockSnapshot | null {
  // Nearly always it is free, and an error that is thrown and caught takes longer than the look.
  if (!fs.existsSync(path)) return null;
  let descriptor: number;
  try {
    descriptor = fs.openSync(path, 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
  try {
    // Of one descriptor, so that content and time are of the same lock even if the path changes hands meanwhile.
    const stats = fs.fstatSync(descriptor, { bigint: true });
    const buffer = Buffer.alloc(Math.min(Number(stats.size), MAX_LOCK_BYTES));
    const length = fs.readSync(descriptor, buffer, 0, buffer.length, 0);
    count(activity?.reads, length);
    const owner = parseOwner(buffer.toString('utf8', 0, length));
    return {
      owner,
      key: owner?.token ?? `${stats.ino}-${stats.mtimeNs}`,
      ageMs: Date.now() - Number(stats.mtimeMs),
    };
  } finally {
    fs.closeSync(descriptor);
  }
}

/** Whether the owner of a lock still works; `unknown` for a lock that does not say whose it is. */
export function livenessOf(lock: LockSnapshot): 'alive' | 'dead' | 'unknown' {
  return lock.owner === null ? 'unknown' : probeProcess(lock.owner);
}

/**
 * Whether a lock may be taken over: its owner is proven dead, or cannot be judged from here and the file is
 * older than `staleMs` (0 or less: age never counts).
 */
export function isAbandoned(lock: LockSnapshot, staleMs: number): boolean {
  const liveness = livenessOf(lock);
  return liveness === 'dead' || (liveness === 'unknown' && staleMs > 0 && lock.ageMs > staleMs);
}

/** More than any owner needs; whatever else lies at the path of a lock is not read into memory. */
const MAX_LOCK_BYTES = 65_536;

// The token of a lock becomes part of a file name, so only what cannot lead out of the directory counts as one.
const TOKEN = /^[0-9A-Za-z-]{8,64}$/;
const MAX_PID = 2 ** 31 - 1;

function parseOwner(text: string): LockOwner | null {
  const value = parseObject(text);
  if (value === null) return null;
  const { host, boot_id, pid, process_start, pid_namespace, token, acquired_at, purpose } = value;
  if (typeof host !== 'string' || typeof acquired_at !== 'string' || typeof purpose !== 'string') return null;
  if (typeof token !== 'string' || !TOKEN.test(token)) return null;
  if (typeof pid !== 'number' || !Number.isInteger(pid) || pid < 1 || pid > MAX_PID) return null;
  if (!isStringOrNull(boot_id) || !isStringOrNull(process_start)) return null;
  return {
    host,
    boot_id,
    pid,
    process_start,
    ...(typeof pid_namespace === 'string' ? { pid_namespace } : {}),
    token,
    acquired_at,
    purpose,
  };
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}

function isStringOrNull(value: unknown): value is string | null {
  return value === null || typeof value === 'string';
}
