import { constants } from 'node:fs';
import { chmod, copyFile, lstat, mkdir, rename, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../../storage/errorCode.ts';
import { makeDirectory } from '../../storage/makeDirectory.ts';
import { draftName } from './draftName.ts';
import { CONTENT_FOLDER, LOG_FILE, type FoundEntry, type Miss } from './findEntry.ts';
import { inParallel } from './inParallel.ts';
import { Refusal, refuseWhenCancelled, repositoryTrouble } from './refusal.ts';
import { planRestore, type KnownHashes, type RestoreStep } from './restorePlan.ts';
import { openScratch } from './scratch.ts';
import { sweepScratch } from './sweepScratch.ts';
import { verifyContent } from './verifyContent.ts';

export interface RestoreOptions {
  /** Spares reading outputs, and is told what was learned of them. */
  known?: KnownHashes;
  /** Asked before the first output changes: why none may, in words; null when they may. */
  refusal?: () => Promise<string | null>;
  /** Aborted before the first output changes: none does. */
  signal?: AbortSignal;
}

export type RestoreResult = { written: number; unchanged: number } | Miss;

/**
 * Makes the outputs of an entry what they were when it was stored; those that are like that already are left alone, and
 * so are files that are no outputs of it. Everything that is needed of the entry, its log too, is copied and verified
 * before the first output changes, and nothing is written through a symbolic link.
 *
 * A miss has changed nothing. A process that is killed leaves each output old or new, and perhaps drafts beside them,
 * which the next use of the cache removes; restoring again goes on from there.
 *
 * @param repoRoot - absolute, free of symbolic links.
 * @throws the errno error of the file system; when it is the repository that cannot be written to, some outputs may
 *   have changed, and the stage has to run.
 */
export async function restoreEntry(
  found: FoundEntry,
  repoRoot: string,
  { known, refusal, signal }: RestoreOptions = {},
): Promise<RestoreResult> {
  const { outputs, log } = found.entry;
  try {
    const steps = await planRestore(outputs, repoRoot, known);
    await refuse(log && (await verifyContent(path.join(found.folder, LOG_FILE), LOG_FILE, log)));
    if (steps.length > 0) {
      await refuse((await refusal?.()) ?? null);
      await carryOut(steps, found, signal);
    }
    if (known) await rememberAll(steps, known);
    return { written: steps.length, unchanged: outputs.length - steps.length };
  } catch (error) {
    if (error instanceof Refusal) return { miss: error.message, isAbsent: false };
    throw error;
  }
}

async function refuse(reason: string | null): Promise<void> {
  if (reason !== null) throw new Refusal(reason);
}

async function carryOut(
  steps: readonly RestoreStep[],
  { cacheDir, folder }: FoundEntry,
  signal: AbortSignal | undefined,
): Promise<void> {
  await sweepScratch(cacheDir);
  const draftFolders = [...new Set(steps.map((step) => step.draftFolder))];
  const scratch = await openScratch(cacheDir, draftFolders);
  const drafts = new Map<RestoreStep, string>();
  try {
    await inParallel(steps.entries(), async ([at, step]) => {
      refuseWhenCancelled(signal);
      if (step.how === 'chmod' || step.output.kind === 'directory') return;
      const draft = path.join(step.draftFolder, draftName(scratch.id, at));
      drafts.set(step, draft);
      await makeDraft(step.output, draft, path.join(folder, CONTENT_FOLDER)).catch((error: unknown) => {
        throw repositoryTrouble(error, `"${step.output.path}" cannot be restored`);
      });
    });
    for (const step of steps) {
      await finish(step, drafts.get(step));
      drafts.delete(step);
    }
  } finally {
    for (const draft of drafts.values()) await rm(draft, { force: true });
    await scratch.drop();
  }
}

type DraftedOutput = Exclude<RestoreStep['output'], { kind: 'directory' }>;

async function makeDraft(output: DraftedOutput, draft: string, contents: string): Promise<void> {
  if (output.kind === 'symlink') return symlink(output.target, draft);
  const source = path.join(contents, output.sha256);
  const name = `${CONTENT_FOLDER}/${output.sha256}`;
  await refuse(await sizeDamage(source, name, output.size));
  try {
    await copyFile(source, draft, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') throw new Refusal(`${name} is missing`);
    throw error;
  }
  await refuse(await verifyContent(draft, name, output));
  await chmod(draft, output.mode);
}

/** Before copying: from a pipe that would never end, and a file of the wrong size may be a large one. */
async function sizeDamage(file: string, name: string, size: number): Promise<string | null> {
  try {
    const stats = await lstat(file);
    return stats.isFile() && stats.size === size ? null : `${name} is damaged`;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return `${name} is missing`;
    throw error;
  }
}

async function finish({ output, how, target }: RestoreStep, draft: string | undefined): Promise<void> {
  if (how === 'write') makeDirectory(path.dirname(target));
  if (draft !== undefined) await rename(draft, target);
  else if (output.kind === 'directory' && how === 'write') await mkdir(target);
  // Neither what a process may set (umask) nor what was there before decides.
  if (draft === undefined && output.kind !== 'symlink') await chmod(target, output.mode);
}

async function rememberAll(steps: readonly RestoreStep[], known: KnownHashes): Promise<void> {
  for (const { output, target } of steps) {
    if (output.kind === 'file')
      known.remember(output.path, await lstat(target, { bigint: true }), output.sha256);
  }
}
