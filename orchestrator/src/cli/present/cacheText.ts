import type { ListedEntry } from '../../cache/store/listEntries.ts';
import type { CacheTotal } from '../cacheCommand/cacheTotal.ts';
import type { CacheRemoval } from '../cacheCommand/emptyCache.ts';
import type { CacheListing } from '../cacheCommand/listCache.ts';
import { formatAge } from './age.ts';
import { formatBinaryBytes } from './byteCount.ts';
import { printable } from './printable.ts';
import { elapsedMs } from './recordedTime.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

const KEY_LENGTH = 12;
const MOST_STAGES = 12;
const TITLES = ['key', 'stage', 'size', 'outputs', 'age', 'used', 'from run'];

/** A key, cut to what tells entries apart in any cache of a sensible size. */
export function shortKey(key: string): string {
  return key.slice(0, KEY_LENGTH);
}

/** A table of entries, and what they take up. `nowMs` is epoch ms. */
export function listingLines(
  listing: CacheListing,
  { style, nowMs }: { style: Style; nowMs: number },
): string[] {
  const { entries, stage, stages, folder, total } = listing;
  const place = printable(folder);
  if (total.entries === 0) {
    return [
      `Nothing in ${place} yet: stages with a "cache" in codex.orchestrator.json put their results there.`,
    ];
  }
  if (entries.length === 0 && stage !== undefined) {
    const rest = stages.length > MOST_STAGES ? `, and ${stages.length - MOST_STAGES} more` : '';
    return [
      `No entry of stage "${printable(stage)}" in ${place}.`,
      ...(stages.length === 0
        ? []
        : [`Stages: ${stages.slice(0, MOST_STAGES).map(printable).join(', ')}${rest}`]),
    ];
  }
  const rows = entries.map((each) => [shortKey(each.key), ...cells(each, style, nowMs)]);
  const damaged = entries.filter(({ entry }) => entry === null).length;
  return [
    ...renderTable([TITLES.map(style.dim), ...rows], { right: [2, 3, 4, 5], indent: '' }),
    ...(damaged === 0
      ? []
      : [`${damaged} damaged: as good as none, and replaced when the stage runs again.`]),
    sumText(listing),
  ];
}

function cells({ entry, bytes, lastUsedAt }: ListedEntry, style: Style, nowMs: number): string[] {
  const used = formatAge(nowMs - lastUsedAt);
  if (entry === null) {
    return [style.red('damaged'), bytes === null ? '' : formatBinaryBytes(bytes), '', '', used];
  }
  return [
    printable(`${entry.pipeline_id}/${entry.stage_id}`),
    formatBinaryBytes(entry.bytes),
    String(entry.outputs.length),
    formatAge(elapsedMs(entry.created_at, nowMs) ?? 0),
    used,
    printable(entry.run_id),
  ];
}

function sumText({ entries, stage, total, folder, caps }: CacheListing): string {
  const all = `${amount(total)} of at most ${formatBinaryBytes(caps.maxBytes)}, in ${printable(folder)}`;
  return stage === undefined ? all : `${entries.length} of ${all}`;
}

/** What went, and what stays. */
export function removalLines({ folder, removed, freedBytes, left, caps }: CacheRemoval): string[] {
  const place = printable(folder);
  if (removed === 0 && left.entries === 0) return [`Nothing to remove: there is no entry in ${place}.`];
  const limit = caps === null ? '' : ` of at most ${formatBinaryBytes(caps.maxBytes)}`;
  if (removed === 0) {
    return [`Nothing to remove: ${amount(left)}${limit}, in ${place}.`];
  }
  return [
    `Removed ${amount({ entries: removed, bytes: freedBytes })}.`,
    left.entries === 0 ? `Nothing is left in ${place}.` : `Left: ${amount(left)}${limit}, in ${place}.`,
  ];
}

function amount({ entries, bytes }: CacheTotal): string {
  return `${entries === 1 ? '1 entry' : `${entries} entries`}, ${formatBinaryBytes(bytes)}`;
}
