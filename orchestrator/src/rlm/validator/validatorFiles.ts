import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import { errorCode } from '../../storage/errorCode.ts';
import { listTests } from './listTests.ts';
import { namedByCommand } from './namedByCommand.ts';

/** Value of a label whose file, script or setting does not exist. */
const ABSENT = 'absent';

/** Begins the value of a file that was not named itself, but found in a folder or by wildcards. */
const LISTED = 'listed ';

/**
 * Fingerprints what a validator's command names: files of the repository, tests named by a folder or by wildcards,
 * scripts of `package.json` with what they name in turn, and the configuration files of the tools that are called.
 * What does not exist is `absent`, so that its creation or deletion shows.
 *
 * @returns label → hash of the content, where the label is the path relative to the root of the repository with forward
 *   slashes, or for a part of a `package.json` like `package.json (scripts.test)`. A file that cannot be read has the
 *   reason as its value.
 */
export async function validatorFingerprint(command: string, repoRoot: string): Promise<Map<string, string>> {
  const named = namedByCommand(command, repoRoot);
  const listed = await listTests(named, repoRoot);
  const hashes = await Promise.all([
    ...[...listed].map(async ([label, file]) => [label, `${LISTED}${await fileHash(file)}`] as const),
    ...[...named.files].map(async ([label, file]) => [label, await fileHash(file)] as const),
  ]);
  const texts = [...named.texts].map(
    ([label, text]) => [label, text === null ? ABSENT : hash(text)] as const,
  );
  return new Map([...hashes, ...texts].toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/**
 * The labels that stand for something else than before, sorted. A label that only one of the two knows was not looked
 * at by the other one: then the script that names it has changed, and that is told. Of listed files a missing one was
 * deleted, and a new one is no change of what was there.
 */
export function changedLabels(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): string[] {
  const isChanged = ([label, value]: [string, string]): boolean => {
    const now = after.get(label);
    return now === undefined ? value.startsWith(LISTED) : now !== value;
  };
  return [...before]
    .filter(isChanged)
    .map(([label]) => label)
    .toSorted();
}

/** Larger files are told apart by size and time: to read them would cost more than a validator is worth. */
const LARGEST_READ = 4 * 1024 * 1024;

async function fileHash(file: string): Promise<string> {
  try {
    const stats = await fs.stat(file);
    if (!stats.isFile()) return ABSENT;
    if (stats.size > LARGEST_READ) return `${stats.size}-${stats.mtimeMs}`;
    return hash(await fs.readFile(file));
  } catch (error) {
    const code = errorCode(error);
    return code === 'ENOENT' || code === 'ENOTDIR' ? ABSENT : `unreadable (${code})`;
  }
}

function hash(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 32);
}
