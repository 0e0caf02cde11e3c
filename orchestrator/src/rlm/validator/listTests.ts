import fs from 'node:fs';
import path from 'node:path';
import type { Named } from './namedByCommand.ts';

/**
 * The tests that a command names by wildcards (`test/*.test.js`) or by their folder (`tests/`): of a folder with such
 * a name all files, otherwise those with names like tests. Only these, because commands name the code under test in the
 * same ways (`eslint src`), and that is there to be changed. At most {@link MOST_FILES}.
 *
 * @returns label → absolute path, as in {@link Named.files}
 */
export async function listTests({ files, globs }: Named, repoRoot: string): Promise<Map<string, string>> {
  const folders = [...files]
    .filter(([label, file]) => TEST_FOLDER.test(path.posix.basename(label)) && isFolder(file))
    .map(([label]) => label);
  if (folders.length === 0 && globs.size === 0) return new Map();
  const { default: fastGlob } = await import('fast-glob');
  const patterns = [...folders.map((folder) => `${fastGlob.escapePath(folder)}/**`), ...globs];
  const found = await fastGlob(patterns, {
    cwd: repoRoot,
    ignore: GENERATED,
    followSymbolicLinks: false,
    suppressErrors: true,
  });
  const tests = found.filter(looksLikeTest).toSorted().slice(0, MOST_FILES);
  return new Map(tests.map((label) => [label, path.join(repoRoot, label)]));
}

/** More would take longer to read than an iteration may lose. */
const MOST_FILES = 500;
const GENERATED = ['**/node_modules/**', '**/__pycache__/**', '**/*.pyc', '**/target/**'];
const TEST_FOLDER = /^(?:tests?|specs?|__tests__|e2e|testing)$/i;
const TEST_FILE = /(?:^|[._-])(?:test|spec)s?(?:[._-]|$)/i;

function looksLikeTest(label: string): boolean {
  const folders = label.split('/');
  const name = folders.pop() ?? '';
  return TEST_FILE.test(name) || folders.some((folder) => TEST_FOLDER.test(folder));
}

function isFolder(file: string): boolean {
  return fs.statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
