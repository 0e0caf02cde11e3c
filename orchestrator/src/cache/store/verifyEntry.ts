import path from 'node:path';
import { CONTENT_FOLDER, LOG_FILE, type FoundEntry } from './findEntry.ts';
import { verifyContent } from './verifyContent.ts';

/**
 * Reads all of an entry. Resolves with the first thing that is wrong, in words, or null.
 *
 * @throws the errno error of the file system.
 */
export async function verifyEntry({ folder, entry }: FoundEntry): Promise<string | null> {
  const files = new Map(
    entry.outputs.flatMap((each) =>
      each.kind === 'file' ? [[`${CONTENT_FOLDER}/${each.sha256}`, each] as const] : [],
    ),
  );
  for (const [name, content] of files) {
    const damage = await verifyContent(path.join(folder, name), name, content);
    if (damage !== null) return damage;
  }
  return entry.log && verifyContent(path.join(folder, LOG_FILE), LOG_FILE, entry.log);
}
