import fs, { type BigIntStats } from 'node:fs';
import path from 'node:path';
import { errorCode } from '../../storage/errorCode.ts';
import type { StoredOutput } from './entryDocument.ts';
import { openFolders, parentOf } from './folders.ts';
import { hashFile } from './hashFile.ts';
import { turns } from '../turns.ts';
import { Refusal } from './refusal.ts';

/** Hashes of files of the repository that need not be read again; paths relative to its root, with forward slashes. */
export interface KnownHashes {
  /** SHA-256, hex, of a file as it is now, if it is known. */
  hashOf(path: string, stats: BigIntStats): string | undefined;
  remember(path: string, stats: BigIntStats, hash: string): void;
}

/** What it takes to get an output. `chmod` is for one that only lacks its mode. */
export interface RestoreStep {
  output: StoredOutput;
  how: 'write' | 'chmod';
  /** Absolute. */
  target: string;
  /** Absolute; the next folder above `target` that exists, and so is on its file system. */
  draftFolder: string;
}

/**
 * Compares outputs with what is in the repository, and says what there is to do. Changes nothing.
 *
 * @throws Refusal when an output cannot be put where it belongs: behind a symbolic link, over a folder.
 * @throws the errno error of the file system.
 */
export async function planRestore(
  outputs: readonly StoredOutput[],
  repoRoot: string,
  known?: KnownHashes,
): Promise<RestoreStep[]> {
  const folders = openFolders(repoRoot);
  const steps: RestoreStep[] = [];
  const breathe = turns();
  for (const output of outputs) {
    await breathe();
    const target = path.join(repoRoot, output.path);
    let above = parentOf(output.path);
    let state = folders(above);
    const isParentThere = state === 'there';
    for (; state === 'missing'; state = folders(above)) above = parentOf(above);
    if (state !== 'there') throw new Refusal(state.problem);
    const how = isParentThere ? await lack(output, target, known) : 'write';
    if (how !== null) steps.push({ output, how, target, draftFolder: path.join(repoRoot, above) });
  }
  return steps;
}

/** What an output lacks; null when it is as it should be. */
async function lack(
  output: StoredOutput,
  target: string,
  known: KnownHashes | undefined,
): Promise<RestoreStep['how'] | null> {
  const stats = fs.lstatSync(target, { bigint: true, throwIfNoEntry: false });
  if (stats === undefined) return 'write';
  // What is in it would be lost, or is no output of ours.
  if (stats.isDirectory() !== (output.kind === 'directory'))
    throw new Refusal(`"${output.path}" is in the way`);
  if (output.kind === 'symlink') {
    return stats.isSymbolicLink() && fs.readlinkSync(target) === output.target ? null : 'write';
  }
  if (output.kind === 'file' && !(await hasContent(output, target, stats, known))) return 'write';
  return Number(stats.mode & 0o777n) === output.mode ? null : 'chmod';
}

async function hasContent(
  output: StoredOutput & { kind: 'file' },
  target: string,
  stats: BigIntStats,
  known: KnownHashes | undefined,
): Promise<boolean> {
  if (!stats.isFile() || Number(stats.size) !== output.size) return false;
  const remembered = known?.hashOf(output.path, stats);
  if (remembered !== undefined) return remembered === output.sha256;
  let content: { sha256: string };
  try {
    content = await hashFile(target, output.size);
  } catch (error) {
    // Renaming over it takes no right to read it.
    if (['EACCES', 'ENOENT'].includes(errorCode(error))) return false;
    throw error;
  }
  known?.remember(output.path, stats, content.sha256);
  return content.sha256 === output.sha256;
}
