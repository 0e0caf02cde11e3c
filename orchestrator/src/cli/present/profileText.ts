import type { RunProfile } from '../../run/profile.ts';
import { formatDuration } from './duration.ts';
import { count } from './runLines.ts';

/** What a run cost beyond its stages, on one line. Of a run with child runs, its own part. */
export function profileText({ phases_ms, finish_parts_ms, files }: RunProfile): string {
  const { open, finish, drain } = phases_ms;
  const { replaces, appends, fsyncs, locks } = files;
  const { metrics } = finish_parts_ms;
  const times = [
    `${formatDuration(open ?? 0)} before the first stage`,
    `${formatDuration((finish ?? 0) + (drain ?? 0))} after the last`,
  ].join(', ');
  const activity = [
    count(replaces.manifest.count, 'manifest write'),
    count(appends.journal.count, 'journal line'),
    count(fsyncs.files + fsyncs.directories, 'fsync'),
    formatBytes(files.bytes_written),
    ...(locks.waits === 0 ? [] : [`${formatDuration(locks.waited_ms)} waiting for locks`]),
  ].join(', ');
  const ofThese = metrics === null ? '' : ` (metrics ${formatDuration(metrics)})`;
  return `${times}${ofThese} · ${activity}`;
}

const UNITS = ['kB', 'MB', 'GB', 'TB'];

/** `512 B`, `41 kB`, `1.2 GB`: powers of 1000, two digits or more. */
function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  let value = bytes / 1000;
  let unit = 0;
  // Rounded before the unit is chosen, so that 999 999 reads `1.0 MB`.
  while (Math.round(value) >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${Math.round(value * 10) < 100 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit] ?? ''}`;
}
