import { createReadStream } from 'node:fs';
import path from 'node:path';
import { FailureError } from '../../failure.ts';
import { errnoText, fileTroubleOf } from '../present/errnoText.ts';
import { printable } from '../present/printable.ts';

/** Where a goal may stand on a command line; undefined: not given. */
export interface GoalPlaces {
  /** The arguments. A lone `-` stands for standard input. */
  words: readonly string[];
  /** `--goal`. */
  goal: string | undefined;
  /** `--goal-file`; `-` stands for standard input. */
  goalFile: string | undefined;
  /** Folder from which a relative file counts. */
  cwd: string;
  stdin?: AsyncIterable<unknown>;
}

/** Both undefined: the command line has no goal. */
export interface GoalRead {
  goal?: string;
  /** Why the goal could not be read, as a sentence. */
  goalProblem?: string;
}

/** Enough for any goal, and a guard against a device that never ends. */
const LARGEST_MIB = 64;

/**
 * Finds the goal: the arguments, else `--goal`, else what `--goal-file` holds. A file that is no text is told in the
 * result, because the loop that is asked for ends with it.
 *
 * @throws FailureError `usage` when there is more than one goal.
 */
export async function readGoal(places: GoalPlaces): Promise<GoalRead> {
  const { words, goal, goalFile, cwd } = places;
  if (goalFile !== undefined && (words.length > 0 || goal !== undefined)) {
    throw new FailureError({
      kind: 'usage',
      message: `Both --goal-file and ${words.length > 0 ? 'a goal as an argument' : '--goal'} were given: expected one of them`,
    });
  }
  if (words.length > 0 && goal !== undefined) {
    throw new FailureError({
      kind: 'usage',
      message: 'Both --goal and a goal as an argument were given: expected one of them',
    });
  }
  const isStdin = goalFile === '-' || (words.length === 1 && words[0] === '-');
  // The stream of this process is only made when it is looked at, which takes a while.
  if (isStdin) return readText(places.stdin ?? process.stdin, 'Standard input');
  if (words.length > 0) return { goal: words.join(' ') };
  if (goal !== undefined) return { goal };
  if (goalFile === undefined) return {};
  if (goalFile.trim() === '') return { goalProblem: 'Missing name of a file for --goal-file.' };
  return readText(createReadStream(path.resolve(cwd, goalFile)), printable(goalFile));
}

async function readText(input: AsyncIterable<unknown>, name: string): Promise<GoalRead> {
  try {
    const bytes = await readBytes(input);
    if (bytes === null) return { goalProblem: `${name} is no goal: it is larger than ${LARGEST_MIB} MiB.` };
    if (bytes.includes(0)) return { goalProblem: `${name} is no goal: it has a NUL byte, so it is no text.` };
    const goal = decode(bytes);
    if (goal === null) return { goalProblem: `${name} is no goal: it is not UTF-8 text.` };
    return goal.trim() === '' ? { goalProblem: `${name} is no goal: it is blank.` } : { goal };
  } catch (error) {
    const trouble = fileTroubleOf(error);
    if (trouble === null) throw error;
    // Only what went wrong: the advice is about files of ours.
    const [problem = ''] = errnoText({ ...trouble, action: 'read', path: name }).split('\n');
    return { goalProblem: problem };
  }
}

/** All of it; null when it is too much. */
async function readBytes(input: AsyncIterable<unknown>): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of input) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    size += bytes.length;
    if (size > LARGEST_MIB * 1024 * 1024) return null;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** Without a byte order mark; null when it is not UTF-8. */
function decode(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // The only error that decoding knows.
    return null;
  }
}
