import { constants, type BigIntStats } from 'node:fs';
import { copyFile, lstat, open } from 'node:fs/promises';
import { errorCode } from '../../storage/errorCode.ts';
import { hashFile } from './hashFile.ts';
import { Refusal } from './refusal.ts';

/** What was copied, as the copy has it. */
export interface CopiedContent {
  mode: number;
  size: number;
  sha256: string;
}

/** Kernels keep times of files in steps of up to 10 ms, some file systems in steps of up to 2 s. */
const FINE_STEP_MS = 20;
const COARSE_STEP_MS = 2_100;

/**
 * Copies a regular file, as a reflink where the file system has them, and makes sure that it did not change meanwhile:
 * the copy is something that the file as a whole once was.
 *
 * @param name - of the file, in a refusal.
 * @throws Refusal when it changed, vanished, or cannot be read.
 * @throws the errno error of the file system.
 */
export async function copyContent(source: string, target: string, name: string): Promise<CopiedContent> {
  const now = Date.now();
  const before = await lookAt(source, name);
  await copyFile(source, target, constants.COPYFILE_FICLONE).catch(async (error: unknown) => {
    await makeSureOfReading(source, name);
    throw error;
  });
  const copy = await hashFile(target, Number(before.size));
  const isSame = identityOf(before) === identityOf(await lookAt(source, name));
  if (!isSame || copy.size !== Number(before.size))
    throw new Refusal(`"${name}" changed while it was copied`);
  if (mayHideChange(before, now) && (await hashFile(source, copy.size)).sha256 !== copy.sha256) {
    throw new Refusal(`"${name}" changed while it was copied`);
  }
  return { mode: Number(before.mode) & 0o777, ...copy };
}

async function lookAt(source: string, name: string): Promise<BigIntStats> {
  try {
    const stats = await lstat(source, { bigint: true });
    if (stats.isFile()) return stats;
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR'].includes(errorCode(error))) throw error;
  }
  throw new Refusal(`"${name}" vanished while outputs were copied`);
}

/** Tells trouble with the file, which concerns this one stage, from trouble with the cache. */
async function makeSureOfReading(source: string, name: string): Promise<void> {
  try {
    await (await open(source, 'r')).close();
  } catch (error) {
    throw new Refusal(`"${name}" cannot be read (${errorCode(error)})`);
  }
}

function identityOf({ ino, size, mode, mtimeNs, ctimeNs }: BigIntStats): string {
  return [ino, size, mode, mtimeNs, ctimeNs].join(':');
}

/** Whether a write from now on may leave the file with the very time that it has. */
function mayHideChange({ mtimeNs, mtimeMs }: BigIntStats, now: number): boolean {
  const step = mtimeNs % 1_000_000_000n === 0n ? COARSE_STEP_MS : FINE_STEP_MS;
  return now - Number(mtimeMs) < step;
}
