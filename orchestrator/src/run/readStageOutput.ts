import { parseLine } from '../storage/parseLine.ts';
import { growingLines } from './growingLines.ts';

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
  for await (const { bytes, number, torn } of growingLines(file, isComplete)) {
    if (bytes === null) {
      yield { kind: 'damaged', line: number, reason: 'too long' };
      continue;
    }
    const parsed = parseLine(bytes);
    if (parsed.ok) {
      const item = toItem(parsed.value);
      if (item !== null) yield item;
    } else if (!torn && !/^\s*$/.test(bytes.toString())) {
      yield { kind: 'damaged', line: number, reason: parsed.reason };
    }
  }
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
