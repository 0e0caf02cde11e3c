import fs from 'node:fs';
import path from 'node:path';
import type { Folder } from '../folder.ts';
import type { HashMemo } from '../hashMemo.ts';
import { isSettled, stampText } from '../stamp.ts';
import { askGit } from './askGit.ts';
import { gitSurroundings } from '../../git/git.ts';
import { ignoredPaths, type IgnoredPaths } from './ignoredPaths.ts';
import { areSourcesUnchanged } from './ignoreSources.ts';
import { isInWorkTree } from '../../git/workTree.ts';

/** What git ignores below a root, as far as it was asked. */
export interface Ignored {
  paths: IgnoredPaths;
  /** Whether git has been asked about a folder of a repository as it is now. */
  isAnswered: (folder: Folder, repository: string) => boolean;
  /** Asks git about a repository. */
  ask(repository: string): Promise<void>;
  /** Lets the memo know that git was asked about folders. */
  remember(folders: readonly { folder: Folder; repository: string }[]): void;
}

/**
 * Begins with what is known from the memo. That holds as long as the files that decide about it are as they were, and in
 * folders whose list of names and whose `.gitignore` are; then no process is started. Otherwise git is asked once. Outside of
 * git nothing is ignored.
 *
 * @param root - the root of the inputs, absolute.
 * @throws FailureError when git cannot be asked.
 */
export async function openIgnored(root: string, memo: HashMemo | null): Promise<Ignored> {
  const isInGit = isInWorkTree(root);
  const environment = gitSurroundings();
  const known = (memo?.answers() ?? []).filter(
    (answer) => answer.environment === environment && areSourcesUnchanged(answer.sources),
  );
  const answers = new Map(isInGit ? known.map((answer) => [answer.repository, answer]) : []);
  /** When git was asked, by repository, ms. */
  const asked = new Map<string, number>();

  const ignored: Ignored = {
    paths: ignoredPaths([...answers.values()]),
    isAnswered(folder, repository) {
      // A repository inside of a folder that is in none is none of ours, either.
      if (!isInGit || asked.has(repository)) return true;
      return answers.has(repository) && folder.answered !== null && folder.answered === rulesIn(root, folder);
    },
    async ask(repository) {
      const answer = await askGit(root, repository, memo !== null);
      asked.set(repository, answer.askedAt);
      answers.set(repository, answer);
      ignored.paths = ignoredPaths([...answers.values()]);
    },
    remember(folders) {
      if (memo === null || asked.size === 0) return;
      memo.keepAnswers([...answers.values()]);
      for (const { folder, repository } of folders) {
        const askedAt = asked.get(repository);
        if (askedAt === undefined) continue;
        // Hashes may have come to it since it was looked into.
        const current = memo.folder(folder.path) ?? folder;
        if (current.stamp === folder.stamp)
          memo.keep({ ...current, answered: answerTo(root, folder, askedAt) });
      }
    },
  };
  if (isInGit && !answers.has('')) await ignored.ask('');
  return ignored;
}

/** What {@link Folder.answered} becomes: null when something in the folder may have changed since git was asked. */
function answerTo(root: string, folder: Folder, askedAt: number): string | null {
  if (folder.stamp === null || !isSettled(folder.stamp, askedAt)) return null;
  const stamp = rulesStamp(root, folder);
  if (stamp === undefined) return '';
  return isSettled(stamp, askedAt) ? stampText(stamp) : null;
}

function rulesIn(root: string, folder: Folder): string {
  const stamp = rulesStamp(root, folder);
  return stamp === undefined ? '' : stampText(stamp);
}

function rulesStamp(root: string, folder: Folder): fs.Stats | undefined {
  if (!folder.names.includes('.gitignore')) return undefined;
  return fs.lstatSync(path.join(root, folder.path, '.gitignore'), { throwIfNoEntry: false });
}
