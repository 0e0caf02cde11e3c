import { statfs } from 'node:fs/promises';

/**
 * Makes sure that a folder has room for so many bytes.
 *
 * @throws Error that says how much is there, when it is less.
 */
export async function requireFreeSpace(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= bytes) return;
  const [needed, there] = [bytes, free].map((amount) => `${(amount / 1e9).toFixed(1)} GB`);
  throw new Error(`${needed} of temporary files are needed, ${there} are free; TMPDIR names another place.`);
}
