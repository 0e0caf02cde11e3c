import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { errorCode } from '../storage/errorCode.ts';
import { makeDirectory } from '../storage/makeDirectory.ts';
import { currentProcess, probeProcess, type ProcessIdentity } from '../storage/processIdentity.ts';
import { isAbandoned, readOwner } from './store/owner.ts';

/** Somebody's work at the outputs of a stage in one checkout: a command that makes them, or a restore. */
export interface StageWork {
  /** Nobody else was at work at them since it began. */
  isAlone(): Promise<boolean>;
  /** A process does it that may outlive this one. Throws the errno error of the file system. */
  isDoneBy(command: ProcessIdentity): void;
  /**
   * It is over.
   *
   * @param isKnown what lies in the outputs is on record: what is left of earlier work does not matter any more
   */
  end(isKnown: boolean): Promise<void>;
}

/** `left`: somebody came to no good end, so nobody knows what lies in the outputs. */
export type WorkState = 'none' | 'left' | 'under-way';

const LEFT = '.left';
/** A mark that is being written: an empty one would seem to be of somebody who cannot be seen from here. */
const DRAFT = '.new';

/**
 * How work at the outputs stands. Restores of one result do not disturb each other, and are no work to one another.
 *
 * @param folder where the marks of a stage in one checkout are; it need not exist
 * @param restoring the key of the result that is to be restored
 * @throws the errno error of the file system
 */
export async function workState(folder: string, restoring?: string): Promise<WorkState> {
  const names = namesIn(folder);
  if (names.length === 0) return 'none';
  const { left, others } = await sort(folder, names, restoring);
  if (others.length > 0) return 'under-way';
  return left.length > 0 ? 'left' : 'none';
}

/**
 * Begins to work at the outputs: leaves a mark before it looks for those of others, so that of two who work at the same time
 * the later one sees the earlier one, which in turn sees the mark of the later one in the end. Whoever was not alone
 * leaves his mark behind, whoever was clears away what he has found left.
 *
 * @param restoring the key of the result that is restored; absent for a command
 * @throws the errno error of the file system
 */
export async function beginWork(folder: string, restoring?: string): Promise<StageWork> {
  const own = restoring === undefined ? randomUUID() : `${randomUUID()}.${restoring}`;
  const mark = path.join(folder, own);
  makeDirectory(folder);
  leaveMark(mark, currentProcess());
  const known = new Set([own]);
  const before = await sort(folder, otherNames(folder, known), restoring);
  for (const name of before.left) known.add(name);
  let wasAlone = before.others.length === 0;
  const isAlone = async (): Promise<boolean> => {
    const { left, others } = await sort(folder, otherNames(folder, known), restoring);
    // What is left now and was not there before is of somebody who came and went meanwhile.
    wasAlone &&= left.length === 0 && others.length === 0;
    return wasAlone;
  };
  return {
    isAlone,
    isDoneBy: (command) => leaveMark(mark, { ...currentProcess(), command }),
    async end(isKnown) {
      const alone = await isAlone();
      const isSettled = isKnown && alone;
      if (!isSettled) fs.renameSync(mark, mark + LEFT);
      if (!alone) return;
      for (const name of known) fs.rmSync(path.join(folder, name), { force: true });
    },
  };
}

/** Of marks: those that nobody works under any more, and those of others at work. */
async function sort(
  folder: string,
  names: readonly string[],
  restoring: string | undefined,
): Promise<{ left: string[]; others: string[] }> {
  const sorted: { left: string[]; others: string[] } = { left: [], others: [] };
  for (const name of names) {
    if (await isOver(path.join(folder, name))) sorted.left.push(name);
    else if (restoring === undefined || !name.endsWith(`.${restoring}`)) sorted.others.push(name);
  }
  return sorted;
}

function leaveMark(mark: string, content: object): void {
  try {
    fs.writeFileSync(mark + DRAFT, `${JSON.stringify(content)}\n`);
    fs.renameSync(mark + DRAFT, mark);
  } catch (error) {
    fs.rmSync(mark + DRAFT, { force: true });
    throw error;
  }
}

/** Whether nobody works under a mark any more: neither who has left it, nor the command that he may have started. */
async function isOver(mark: string): Promise<boolean> {
  if (mark.endsWith(LEFT)) return true;
  const owner = await readOwner(mark);
  if (!(await isAbandoned(mark, owner?.identity))) return false;
  return owner?.command === undefined || probeProcess(owner.command) !== 'alive';
}

function otherNames(folder: string, known: ReadonlySet<string>): string[] {
  return namesIn(folder).filter((name) => !known.has(name));
}

function namesIn(folder: string): string[] {
  try {
    return fs.readdirSync(folder).filter((name) => !name.endsWith(DRAFT));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
