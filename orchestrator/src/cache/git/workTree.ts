import fs from 'node:fs';
import path from 'node:path';

/** Whether a folder lies in a repository's work tree, as far as can be told without starting git. */
export function isInWorkTree(folder: string): boolean {
  for (let at = folder; ; at = path.dirname(at)) {
    if (isWorkTree(at)) return true;
    if (at === path.dirname(at)) return false;
  }
}

/** Whether a work tree begins in a folder. git passes over a `.git` in which nothing is. */
export function isWorkTree(folder: string): boolean {
  const place = path.join(folder, '.git');
  const stats = fs.statSync(place, { throwIfNoEntry: false });
  return stats !== undefined && (stats.isFile() || fs.existsSync(path.join(place, 'HEAD')));
}
