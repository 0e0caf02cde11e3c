import fs from 'node:fs/promises';
import path from 'node:path';
import { nulTerminated } from './indexEntries.ts';
import type { Repository } from './repository.ts';

/**
 * Those of the names that the `.gitignore` files of a tree ignore, and the rules that hold for the whole repository.
 * git reads rules from files only, so they are laid out in a folder beside `indexPath` for the moment.
 */
export async function ignoredByTree(
  repository: Repository,
  indexPath: string,
  tree: string,
  names: readonly Buffer[],
): Promise<Buffer[]> {
  const folder = await fs.mkdtemp(path.join(path.dirname(indexPath), 'rules-'));
  try {
    const workTree = path.join(folder, 'files');
    await fs.mkdir(workTree);
    const git = repository.gitWith(path.join(folder, 'index'), workTree);
    await git(['read-tree', tree]);
    const rules = await git(['ls-files', '-z', '--', ':(glob)**/.gitignore']);
    await git(['checkout-index', '-z', '--stdin'], { input: rules.stdout });
    const { stdout } = await git(['check-ignore', '-z', '--stdin', '--no-index'], {
      input: nulTerminated(names),
      accept: [0, 1],
    });
    const ignored = new Set(stdout.toString('latin1').split('\0'));
    return names.filter((name) => ignored.has(name.toString('latin1')));
  } finally {
    await fs.rm(folder, { recursive: true, force: true });
  }
}
