import { constants, existsSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import path from 'node:path';
import fastGlob from 'fast-glob';
import { PACKAGE_ROOT } from '../../tools/bundle.ts';
import type { SuiteContext } from '../suite.ts';
import { git } from './gitRepo.ts';

/** A repository in which anything may happen. */
export interface CheckoutCopy {
  root: string;
  remove(): Promise<void>;
}

/**
 * Clones what is committed of this repository into the suite's folder, and copies the packages that are installed
 * here. Copied and not linked, because tools keep caches of their own among them.
 *
 * @throws Error with what git said, when it cannot be cloned; errno errors of the copy.
 */
export async function checkoutCopy({
  folder,
  signal,
}: Pick<SuiteContext, 'folder' | 'signal'>): Promise<CheckoutCopy> {
  const root = path.join(folder, 'checkout');
  await git(['clone', '-q', PACKAGE_ROOT, root], folder, signal);
  for (const place of await lockedFolders(root)) {
    const from = path.join(PACKAGE_ROOT, place, 'node_modules');
    if (!existsSync(from)) continue;
    await cp(from, path.join(root, place, 'node_modules'), {
      recursive: true,
      mode: constants.COPYFILE_FICLONE,
      verbatimSymlinks: true,
    });
    signal.throwIfAborted();
  }
  return { root, remove: () => rm(root, { recursive: true, force: true }) };
}

/** Folders that have packages of their own, from the root; it is one of them. */
async function lockedFolders(root: string): Promise<string[]> {
  const files = await fastGlob('**/package-lock.json', { cwd: root, ignore: ['**/node_modules/**'] });
  return files.map((file) => path.dirname(file));
}
