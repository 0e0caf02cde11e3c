import { scanEntries, type ScannedEntry } from './scanEntries.ts';
import { discardFolder } from './scratch.ts';
import { sweepRecords } from './sweepRecords.ts';
import { sweepScratch } from './sweepScratch.ts';
import { readUsage, writeUsage, type Usage } from './usage.ts';

/** How much may be kept. */
export interface CacheCaps {
  /** Bytes of all entries together. */
  maxBytes: number;
  /** Ms since the last use. */
  maxAgeMs: number;
}

/** 2 GiB and 30 days. */
export const DEFAULT_CAPS: CacheCaps = { maxBytes: 2 * 1024 ** 3, maxAgeMs: 30 * 86_400_000 };

export interface Pruned {
  /** Whether entries were looked at; false when that is not due, and so nothing was removed. */
  scanned: boolean;
  removed: number;
  freedBytes: number;
}

const SCAN_EVERY_MS = 86_400_000;
/** What is left when there was too much, so that not every run that adds something has to scan. */
const SHARE_LEFT = 0.9;

/**
 * Removes entries that are evidently damaged, those not used for too long, and then those used least recently until a tenth of the room is
 * free again. Also removes what is kept about checkouts not used for as long, and what killed processes left behind. May run beside other runs: one that loses an entry which
 * it is about to restore has a miss.
 *
 * Entries are looked at only when it is due: when there are too many bytes, one is too old by what is known of it, or
 * a day has passed. Otherwise it costs the reading of one small file and of one folder.
 *
 * @param options.force - look at them in any case.
 * @throws the errno error of the file system.
 */
export async function pruneCache(
  cacheDir: string,
  caps: CacheCaps = DEFAULT_CAPS,
  options: { force?: boolean } = {},
): Promise<Pruned> {
  await sweepScratch(cacheDir);
  const now = Date.now();
  const usage = await readUsage(cacheDir);
  if (options.force !== true && !isDue(usage, caps, now)) {
    return { scanned: false, removed: 0, freedBytes: 0 };
  }
  // `clear` has no age: it is about results.
  if (caps.maxAgeMs > 0) await sweepRecords(cacheDir, caps.maxAgeMs);
  const scanned = scanEntries(cacheDir);
  if (usage === null && scanned.length === 0) return { scanned: true, removed: 0, freedBytes: 0 };
  const excess = chooseExcess(scanned, caps, now);
  const pruned: Pruned = { scanned: true, removed: 0, freedBytes: 0 };
  for (const { folder, bytes } of excess) {
    if (!(await discardFolder(cacheDir, folder))) continue;
    pruned.removed += 1;
    pruned.freedBytes += bytes ?? 0;
  }
  const left = scanned.filter((each) => !excess.has(each));
  await writeUsage(cacheDir, {
    bytes: sumOf(left),
    scannedAt: now,
    oldestUse: left.at(-1)?.lastUsedAt ?? null,
  });
  return pruned;
}

function isDue(usage: Usage | null, caps: CacheCaps, now: number): boolean {
  if (usage === null || usage.bytes > caps.maxBytes) return true;
  // A scan in time to come: the clock was set back, and would have to catch up first.
  if (Math.abs(now - usage.scannedAt) > SCAN_EVERY_MS) return true;
  return usage.oldestUse !== null && now - usage.oldestUse > caps.maxAgeMs;
}

/** `scanned` is in the order of last use, latest first. */
function chooseExcess(scanned: readonly ScannedEntry[], caps: CacheCaps, now: number): Set<ScannedEntry> {
  const excess = new Set(
    scanned.filter(({ bytes, lastUsedAt }) => bytes === null || now - lastUsedAt > caps.maxAgeMs),
  );
  let bytes = sumOf(scanned.filter((each) => !excess.has(each)));
  if (bytes <= caps.maxBytes) return excess;
  for (const each of scanned.toReversed()) {
    if (bytes <= caps.maxBytes * SHARE_LEFT) break;
    if (excess.has(each)) continue;
    excess.add(each);
    bytes -= each.bytes ?? 0;
  }
  return excess;
}

function sumOf(entries: readonly ScannedEntry[]): number {
  return entries.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
}
