import type { Git } from './git.ts';

/** The files of an index that the ignore rules would leave out, as one text to compare. */
export async function ignoredEntries(git: Git): Promise<string> {
  return (await git(['ls-files', '-z', '-c', '-i', '--exclude-standard'])).stdout.toString('latin1');
}

/**
 * Makes the copy of a user's index fit for recording: without what is in the folders `exclude`, and without the marks
 * by which git overlooks changes (`--assume-unchanged`, and `--skip-worktree` where no sparse checkout needs it).
 */
export async function settleEntries(git: Git, exclude: readonly string[], isSparse: boolean): Promise<void> {
  const { stdout } = await git(['ls-files', '-z', '-v']);
  const removed: Buffer[] = [];
  const assumed: Buffer[] = [];
  const skipped: Buffer[] = [];
  // File names are bytes; Latin-1 brings every byte back as it was.
  const folders = exclude.map((each) => `${Buffer.from(each).toString('latin1')}/`);
  for (const record of stdout.toString('latin1').split('\0')) {
    const tag = record.slice(0, 1);
    const file = record.slice(2);
    const name = Buffer.from(file, 'latin1');
    if (folders.some((folder) => file.startsWith(folder))) removed.push(name);
    // The letters are explained at `git ls-files -t` and `-v`.
    else {
      if (tag >= 'a') assumed.push(name);
      if (tag.toUpperCase() === 'S' && !isSparse) skipped.push(name);
    }
  }
  await changeEntries(git, '--force-remove', removed);
  await changeEntries(git, '--no-assume-unchanged', assumed);
  await changeEntries(git, '--no-skip-worktree', skipped);
}

/** Makes one change (a flag of `git update-index`) to the entries of these names. */
export async function changeEntries(git: Git, change: string, names: readonly Buffer[]): Promise<void> {
  if (names.length === 0) return;
  await git(['update-index', change, '-z', '--stdin'], { input: nulTerminated(names) });
}

/** Names as git reads them with `-z`. */
export function nulTerminated(names: readonly Buffer[]): Buffer {
  return Buffer.concat(names.flatMap((name) => [name, Buffer.of(0)]));
}
