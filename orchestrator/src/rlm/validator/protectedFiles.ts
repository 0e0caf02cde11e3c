import path from 'node:path';
import { type FileMemory, fileValue } from './fileMemory.ts';
import { globPaths, LEFT_OUT, names, protectMatcher } from './protectMatcher.ts';

export interface ProtectedFilesOptions {
  /** Absolute folders of our own evidence, which never count. */
  exclude?: readonly string[];
  /** Keeps what was found between calls, so that files that have not changed are not read again. */
  memory?: FileMemory;
}

/**
 * How all files under protection are now, whether or not git sees them. See {@link protectMatcher} for what globs protect.
 * A file that cannot be read has a constant as its value, a symbolic link stands for itself and is not followed.
 *
 * @returns path relative to `repoRoot`, with forward slashes → what is there, as {@link fileValue} tells it
 */
export async function protectedFingerprint(
  globs: readonly string[],
  repoRoot: string,
  { exclude = [], memory = new Map() }: ProtectedFilesOptions = {},
): Promise<Map<string, string>> {
  const paths = await protectedPaths(globs, repoRoot, exclude);
  const values = new Map<string, string>();
  const queue = paths.values();
  const work = async (): Promise<void> => {
    for (const name of queue) {
      // oxlint-disable-next-line no-await-in-loop -- so many at once as there are workers
      const value = await fileValue(path.join(repoRoot, name), memory);
      if (value !== null) values.set(name, value);
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  for (const file of memory.keys()) if (!values.has(path.relative(repoRoot, file))) memory.delete(file);
  return values;
}

/** Paths that are not as they were: changed, deleted or added; sorted. */
export function changedFiles(base: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): string[] {
  const changed = [...now].filter(([name, value]) => base.get(name) !== value).map(([name]) => name);
  const deleted = [...base.keys()].filter((name) => !now.has(name));
  return [...changed, ...deleted].toSorted();
}

/** More at once would only wait for each other in Node's pool of threads. */
const WORKERS = 8;

async function protectedPaths(
  globs: readonly string[],
  repoRoot: string,
  exclude: readonly string[],
): Promise<string[]> {
  const { protect, except } = globPaths(globs);
  if (protect.length === 0) return [];
  const { default: fastGlob } = await import('fast-glob');
  const withBelow = (glob: string): string[] =>
    [...new Set([glob, fastGlob.escapePath(glob)])].flatMap((one) => [one, `${one}/**`]);
  const unnamed = LEFT_OUT.filter((name) => !protect.some((glob) => names(glob, name)));
  const ours = exclude
    .map((folder) => path.relative(repoRoot, folder))
    .filter((folder) => folder !== '' && !folder.startsWith('..'))
    .map((folder) => fastGlob.escapePath(folder));
  const found = await fastGlob(protect.flatMap(withBelow), {
    cwd: repoRoot,
    dot: true,
    // Links are no files for fast-glob.
    onlyFiles: false,
    objectMode: true,
    followSymbolicLinks: false,
    suppressErrors: true,
    ignore: [
      ...except.flatMap(withBelow),
      ...unnamed.flatMap((name) => [`**/${name}`, `**/${name}/**`]),
      ...ours.flatMap((folder) => [folder, `${folder}/**`]),
    ],
  });
  const isProtected = await protectMatcher(globs);
  return found
    .filter((entry) => !entry.dirent.isDirectory() && isProtected(entry.path))
    .map((entry) => entry.path);
}
