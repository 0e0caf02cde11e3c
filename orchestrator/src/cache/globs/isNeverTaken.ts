import { isDraftName } from '../store/draftName.ts';

/**
 * Whether what has such a name is neither an input nor an output, nor is what lies below it, whatever the globs say:
 * repositories of git, and drafts, which come and go beside outputs while those of another stage are restored.
 *
 * @param name of a file or folder, without the folders above it.
 */
export function isNeverTaken(name: string): boolean {
  return name === '.git' || isDraftName(name);
}
