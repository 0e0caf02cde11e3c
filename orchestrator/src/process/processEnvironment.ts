import fs from 'node:fs';

/**
 * The environment with which a process was started: `NAME=value` entries, each ended by a NUL byte (proc(5),
 * `/proc/pid/environ`). '' for one that has ended or belongs to another user, and on systems other than Linux, which do
 * not show it.
 */
export function processEnvironment(pid: number): string {
  if (process.platform !== 'linux') return '';
  try {
    return fs.readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return '';
  }
}
