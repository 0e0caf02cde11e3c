import fs from 'node:fs';
import path from 'node:path';

/** Standard output and standard error. */
const OWN = [1, 2];

/**
 * Returns the function that tells whether a file of the repository is what this process prints into, as after
 * `start --watch > watch.log`. Each run would change it, and thereby start the next one. Known by device and inode: the
 * file may have several names, and be renamed.
 *
 * @param descriptors - those of this process that people can have sent elsewhere.
 */
export function ownOutputFilter(
  repoRoot: string,
  descriptors: readonly number[] = OWN,
): (file: string) => boolean {
  const own = descriptors.map(openFile).filter((id) => id !== null);
  if (own.length === 0) return () => false;
  return (file) => {
    const stats = fs.lstatSync(path.join(repoRoot, file), { bigint: true, throwIfNoEntry: false });
    return stats !== undefined && own.includes(idOf(stats));
  };
}

/** null for what is no file, and for a descriptor that is closed. */
function openFile(descriptor: number): string | null {
  try {
    const stats = fs.fstatSync(descriptor, { bigint: true });
    return stats.isFile() ? idOf(stats) : null;
  } catch {
    return null;
  }
}

function idOf({ dev, ino }: fs.BigIntStats): string {
  return `${dev} ${ino}`;
}
