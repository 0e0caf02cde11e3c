import { parseLine } from '../storage/parseLine.ts';
import { growingLines, type GrowingLine } from './growingLines.ts';

const NEWLINE = 0x0a;

/** What a stage log says about the output of the stage, in order. */
export type StageLogItem =
  /** An attempt to run the command began. */
  | { kind: 'attempt' }
  | { kind: 'output'; stream: 'stdout' | 'stderr'; bytes: Buffer }
  | { kind: 'damaged'; line: number; reason: string };

/**
 * Reads what a stage printed from its log (`commands/NN-slug.ndjson`, artifact contract, section 7), with bounded
 * memory. Only `exec:chunk` lines hold output: `base64` are the exact bytes where they are not UTF-8, else `data` is
 * the text. `command:stdout` lines, which other tools write besides, repeat it. Goes on while the log grows until
 * `isComplete` says that it will not any more. A torn last line is left out: it never was a record.
 *
 * @throws the errno error of the file system.
 */
export async function* readStageOutput(
  file: string,
  isComplete: () => Promise<boolean> = alreadyComplete,
): AsyncGenerator<StageLogItem> {
  for await (const line of growingLines(file, isComplete)) {
    const item = itemOf(line);
    if (item !== null) yield item;
  }
}

/** {@link readStageOutput} of a log that is over and in memory. */
export function stageOutputIn(log: Buffer): StageLogItem[] {
  const items: StageLogItem[] = [];
  let number = 0;
  for (let from = 0, end = 0; from < log.length; from = end + 1) {
    end = log.indexOf(NEWLINE, from);
    const torn = end === -1;
    if (torn) end = log.length;
    number += 1;
    const item = itemOf({ bytes: log.subarray(from, end), number, torn });
    if (item !== null) items.push(item);
  }
  return items;
}

function itemOf({ bytes, number, torn }: GrowingLine): StageLogItem | null {
  if (bytes === null) return { kind: 'damaged', line: number, reason: 'too long' };
  const parsed = parseLine(bytes);
  if (parsed.ok) return toItem(parsed.value);
  const isWorthALine = !torn && !/^\s*$/.test(bytes.toString());
  return isWorthALine ? { kind: 'damaged', line: number, reason: parsed.reason } : null;
}

async function alreadyComplete(): Promise<boolean> {
  return true;
}

/** Null for lines that say nothing about output. */
function toItem(value: unknown): StageLogItem | null {
  if (typeof value !== 'object' || value === null || !('type' in value)) return null;
  if (value.type === 'exec:begin') return { kind: 'attempt' };
  if (value.type !== 'exec:chunk' || !('stream' in value)) return null;
  const { stream } = value;
  if (stream !== 'stdout' && stream !== 'stderr') return null;
  if ('base64' in value && typeof value.base64 === 'string') {
    return { kind: 'output', stream, bytes: Buffer.from(value.base64, 'base64') };
  }
  if (!('data' in value) || typeof value.data !== 'string') return null;
  return { kind: 'output', stream, bytes: Buffer.from(value.data) };
}
