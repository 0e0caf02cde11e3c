/**
 * What `git add` says of repositories inside the work tree. To ask for them would mean to read the whole index every
 * time.
 */
export function repositoriesIn(stderr: string): { added: string[]; unborn: string[] } {
  const names = (pattern: RegExp): string[] =>
    Array.from(stderr.matchAll(pattern), ([, name = '']) => name.replace(/\/$/, ''));
  return {
    added: names(/^warning: adding embedded git repository: (.+)$/gm),
    unborn: names(/^error: '(.+)' does not have a commit checked out$/gm),
  };
}
