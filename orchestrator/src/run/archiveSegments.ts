import fs from 'node:fs';
import path from 'node:path';
import { errorCode } from '../storage/errorCode.ts';
import { type TaskEnvironment, taskPaths } from './paths.ts';
import { runText, textField } from './runsDocument.ts';

/** Runs that belong into one file of the archive, with their texts. */
export interface ArchiveSegment {
  /** Absolute path. */
  file: string;
  runs: unknown[];
  texts: string[];
}

/**
 * Largest text of the runs in one segment, in characters. What is moved in everyday work is far below; this is for a
 * long history that is moved at once: larger files are fewer fsyncs, and a resumed run reads the whole of one.
 */
const SEGMENT_CHARACTERS = 1_048_576;

/** Folder of the runs whose timestamp does not begin with a month. */
const UNDATED = 'undated';
const MONTH = /^\d{4}-\d{2}/;

/** Keys of this length tell all ISO timestamps apart. */
const KEY_LENGTH = 40;

/**
 * Distributes runs over segments named `<month>/<first>_<last>.json` after the times they hold, so that the ones that
 * may hold a given time are found by their names, among those of one month. Pure.
 *
 * @param runs ordered by time
 */
export function divideIntoSegments(env: TaskEnvironment, runs: unknown[]): ArchiveSegment[] {
  const groups: { month: string; keys: string[]; runs: unknown[]; texts: string[]; characters: number }[] =
    [];
  for (const run of runs) {
    const key = keyOf(textField(run, 'timestamp'));
    const month = monthOf(key);
    const text = runText(run);
    let group = groups.at(-1);
    if (group === undefined || group.month !== month || group.characters + text.length > SEGMENT_CHARACTERS) {
      group = { month, keys: [], runs: [], texts: [], characters: 0 };
      groups.push(group);
    }
    group.keys.push(key);
    group.runs.push(run);
    group.texts.push(text);
    group.characters += text.length;
  }
  return groups.map(({ month, keys, runs: held, texts }) => {
    // Of the keys, not of the timestamps: what one tool or another writes there need not be ordered as its key is.
    const ordered = keys.toSorted();
    const name = `${ordered[0] ?? ''}_${ordered.at(-1) ?? ''}.json`;
    return { file: path.join(taskPaths(env).runsArchiveDir, month, name), runs: held, texts };
  });
}

/** Absolute paths of the segments that may hold a run of this time. Throws errno errors. */
export function segmentsAround(env: TaskEnvironment, timestamp: string): string[] {
  const key = keyOf(timestamp);
  return filesIn(path.join(taskPaths(env).runsArchiveDir, monthOf(key))).filter((file) => {
    const [first, last] = path.basename(file, '.json').split('_');
    return first !== undefined && last !== undefined && first <= key && key <= last;
  });
}

/** Absolute paths of all segments. Throws errno errors. */
export function allSegments(env: TaskEnvironment): string[] {
  const { runsArchiveDir } = taskPaths(env);
  return namesIn(runsArchiveDir)
    .filter((name) => name === UNDATED || MONTH.test(name))
    .flatMap((month) => filesIn(path.join(runsArchiveDir, month)));
}

function filesIn(directory: string): string[] {
  return namesIn(directory)
    .filter((name) => name.endsWith('.json'))
    .map((name) => path.join(directory, name));
}

function namesIn(directory: string): string[] {
  try {
    return fs.readdirSync(directory).toSorted();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** A timestamp as part of a file name. ISO timestamps keep their order. */
function keyOf(timestamp: string): string {
  return timestamp.replace(/[^\dA-Za-z.-]/g, '-').slice(0, KEY_LENGTH);
}

function monthOf(key: string): string {
  return MONTH.exec(key)?.[0] ?? UNDATED;
}
