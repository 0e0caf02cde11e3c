import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { finished } from 'node:stream/promises';

/** Most files are small, and read at once faster than the thread pool could be asked to. */
const SMALL_BYTES = 256 * 1024;
const CHUNK_BYTES = 1024 * 1024;

/**
 * SHA-256, hex, of what a regular file holds, and how many bytes that are.
 *
 * @param expectedSize - bytes that it probably has; decides how it is read.
 * @throws the errno error of the file system.
 */
export async function hashFile(
  file: string,
  expectedSize: number,
): Promise<{ size: number; sha256: string }> {
  const hash = createHash('sha256');
  let size = 0;
  const add = (bytes: Buffer | string): void => {
    hash.update(bytes);
    size += bytes.length;
  };
  if (expectedSize <= SMALL_BYTES) add(fs.readFileSync(file));
  else {
    const stream = fs.createReadStream(file, { highWaterMark: CHUNK_BYTES });
    stream.on('data', add);
    await finished(stream);
  }
  return { size, sha256: hash.digest('hex') };
}
