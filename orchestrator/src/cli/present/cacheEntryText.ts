import type { MissFacts } from '../../cache/missFacts.ts';
import type { EntryDocument, StoredOutput } from '../../cache/store/entryDocument.ts';
import type { CacheEntryView } from '../cacheCommand/showCacheEntry.ts';
import { formatAge } from './age.ts';
import { formatBinaryBytes } from './byteCount.ts';
import { shortKey } from './cacheText.ts';
import { formatDuration } from './duration.ts';
import { printable } from './printable.ts';
import { elapsedMs, localTime } from './recordedTime.ts';
import { count } from './runLines.ts';
import { shellWord } from './shellWord.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

const MOST_OUTPUTS = 40;

/** All about an entry. `nowMs` is epoch ms. */
export function cacheEntryLines(
  view: CacheEntryView,
  { style, nowMs }: { style: Style; nowMs: number },
): string[] {
  const { key, folder, entry, damage, lastUsedAt } = view;
  const name = entry === null ? shortKey(key) : `${shortKey(key)}, ${stageOf(entry)}`;
  const used = `${formatAge(nowMs - lastUsedAt)} ago`;
  const facts: [string, string | null][] = [
    ['Key:', key],
    ...(entry === null ? [] : entryFacts(entry, nowMs)),
    ['Used:', used],
    ...factsOfKey(view.facts),
    ['Place:', printable(folder)],
    ['State:', damage === null ? style.green('whole') : style.red(`damaged: ${printable(damage)}`)],
  ];
  return [
    style.bold(`Entry ${printable(name)}`),
    ...renderTable(facts.flatMap(([title, text]) => (text === null ? [] : [[title, text]]))),
    ...(damage === null ? [] : ['It is as good as none, and replaced when the stage runs again.']),
    ...(entry === null ? [] : outputLines(entry.outputs, style)),
  ];
}

function entryFacts(entry: EntryDocument, nowMs: number): [string, string | null][] {
  const { run_id, task_id, created_at, duration_ms, summary, bytes, log } = entry;
  const age = formatAge(elapsedMs(created_at, nowMs) ?? 0);
  const logText = log === null ? 'no log' : `log ${formatBinaryBytes(log.size)}`;
  return [
    ['Run:', printable(task_id === null ? run_id : `${run_id}, task ${task_id}`)],
    ['Summary:', summary === '' ? null : printable(summary)],
    ['Duration:', formatDuration(duration_ms)],
    ['Size:', `${formatBinaryBytes(bytes)}, ${logText}`],
    ['Stored:', `${printable(localTime(created_at))}, ${age} ago`],
  ];
}

function factsOfKey(facts: MissFacts | null): [string, string | null][] {
  if (facts === null) return [];
  const { command, argv, cwd, env, namedEnv, outputs, needs, files } = facts;
  const inputs = Object.keys(files).length;
  const words = argv === null ? printable(command) : argv.map(shellWord).join(' ');
  const named = Object.entries(namedEnv).map(([name, value]) =>
    value === null ? `${name} (not set)` : name,
  );
  const needed = Object.entries(needs).map(([stage, key]) => `${stage} ${shortKey(key)}`);
  return [
    ['Command:', words],
    ['Directory:', cwd === '' ? null : printable(cwd)],
    ['Inputs:', inputs === 0 ? null : count(inputs, 'file')],
    ['Variables:', listed(named)],
    ['Sets:', listed(Object.keys(env))],
    ['Globs:', listed(outputs)],
    ['Needs:', listed(needed)],
    ['Made for:', printable(`${facts.platform} ${facts.arch}, Node ${facts.nodeMajor}`)],
  ];
}

function listed(words: readonly string[]): string | null {
  return words.length === 0 ? null : words.map(printable).join(', ');
}

function outputLines(outputs: readonly StoredOutput[], style: Style): string[] {
  if (outputs.length === 0) return ['No outputs: a result that is nothing but its log.'];
  const rest = outputs.length - MOST_OUTPUTS;
  return [
    style.bold(count(outputs.length, 'output')),
    ...renderTable(outputs.slice(0, MOST_OUTPUTS).map(outputCells), { right: [1] }),
    ...(rest > 0 ? [`  … and ${rest} more; --format json has all`] : []),
  ];
}

function outputCells(output: StoredOutput): string[] {
  const path = printable(output.path);
  if (output.kind === 'symlink') return ['link', '', `${path} → ${printable(output.target)}`];
  const mode = output.mode.toString(8).padStart(3, '0');
  return output.kind === 'directory'
    ? [mode, 'empty', `${path}/`]
    : [mode, formatBinaryBytes(output.size), path];
}

function stageOf({ pipeline_id, stage_id }: EntryDocument): string {
  return `${pipeline_id}/${stage_id}`;
}
