import type { Git } from './git.ts';

/** The files of an index that the ignore rules would leave out, as one text to compare. */
export async function ignoredEntries(git: Git): Promise<string> {
  return (await git(['ls-files', '-z', '-c', '-i', '--exclude-standard'])).stdout.toString('latin1');
}

/**
 * Makes the copy of a user's index fit for recording: without what is at or in the paths `exclude`, and without the marks
 * by which git overlooks changes (`--assume-unchanged`, and `--skip-worktree` where no sparse checkout needs it).
 * Resolves with the names of the repositories (submodules) in it.
 */
export async function settleEntries(
  git: Git,
  exclude: readonly string[],
  isSparse: boolean,
): Promise<string[]> {
  const { stdout } = await git(['ls-files', '-z', '-v', '-s']);
  const repositories: string[] = [];
  const removed: Buffer[] = [];
  const assumed: Buffer[] = [];
  const skipped: Buffer[] = [];
  // File names are bytes; Latin-1 brings every byte back as it was.
  const outside = exclude.map((each) => Buffer.from(each).toString('latin1'));
  const isOutside = (file: string) =>
    outside.some(
      (each) => file.startsWith(each) && (file.length === each.length || file[each.length] === '/'),
    );
  for (const record of stdout.toString('latin1').split('\0')) {
    // `<tag> <mode> <id> <stage>`, tab, name.
    const tag = record.slice(0, 1);
    const file = record.slice(record.indexOf('\t') + 1);
    const name = Buffer.from(file, 'latin1');
    if (file === '') continue;
    if (isOutside(file)) removed.push(name);
    // The letters are explained at `git ls-files -t` and `-v`.
    else {
      if (record.startsWith(REPOSITORY_MODE, 2)) repositories.push(name.toString());
      if (tag >= 'a') assumed.push(name);
      if (tag.toUpperCase() === 'S' && !isSparse) skipped.push(name);
    }
  }
  await changeEntries(git, '--force-remove', removed);
  await changeEntries(git, '--no-assume-unchanged', assumed);
  await changeEntries(git, '--no-skip-worktree', skipped);
  return repositories;
}

/** Of an entry that stands for a repository inside the work tree (`git help ls-tree`). */
const REPOSITORY_MODE = '160000';

/** Makes one change (a flag of `git update-index`) to the entries of these names. */
export async function changeEntries(git: Git, change: string, names: readonly Buffer[]): Promise<void> {
  if (names.length === 0) return;
  await git(['update-index', change, '-z', '--stdin'], { input: nulTerminated(names) });
}

/** Names as git reads them with `-z`. */
export function nulTerminated(names: readonly Buffer[]): Buffer {
  return Buffer.concat(names.flatMap((name) => [name, Buffer.of(0)]));
}
