import fs from 'node:fs';

/**
 * Highest resident memory of this process so far.
 *
 * Linux: VmHWM of proc(5), the high-water mark of this program alone. The maxrss of getrusage(2) starts at the size
 * of the process that spawned it, because Linux carries it over an exec; elsewhere it is what there is.
 */
export function peakRssBytes(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024;
  const line = /^VmHWM:\s*(\d+) kB$/m.exec(fs.readFileSync('/proc/self/status', 'utf8'));
  return Number(line?.[1]) * 1024;
}
