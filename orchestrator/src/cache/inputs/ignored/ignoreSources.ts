import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isSettled, stampText } from '../stamp.ts';
import { git } from '../../git/git.ts';
import type { IgnoreAnswer } from './ignoreAnswer.ts';

/**
 * The files that decide what git ignores in a folder and below, other than the `.gitignore` files there: those above it,
 * the index (what is tracked is not ignored), `info/exclude`, `core.excludesFile`, and the configuration (`git help
 * gitignore`, `git help config`); absolute, also those that are not there yet.
 *
 * @throws FailureError when git cannot be asked.
 */
export async function ignoreSources(folder: string): Promise<string[]> {
  const [{ top, files: places }, listed] = await Promise.all([gitPlaces(folder), git(folder, LIST_SETTINGS)]);
  // Origin and setting in turn, each with a NUL behind it.
  const settings = listed.split('\0');
  const origins = settings.filter((_, at) => at % 2 === 0);
  const values = settings.filter((_, at) => at % 2 === 1);
  const written = origins
    .filter((origin) => origin.startsWith('file:'))
    .map((origin) => path.resolve(top, origin.slice('file:'.length)));
  return [...new Set([...places, ...written, ...personalFiles(values, top), ...rulesAbove(folder, top)])];
}

/** The stamps of files. One that may have changed since `askedAt` (ms since 1970) gets none that fits a second time. */
export function stampSources(files: readonly string[], askedAt: number): IgnoreAnswer['sources'] {
  return files.map((file) => {
    const stamp = fs.statSync(file, { throwIfNoEntry: false });
    if (stamp === undefined) return [file, ''];
    return [file, isSettled(stamp, askedAt) ? stampText(stamp) : 'changing'];
  });
}

/** Whether all files are still as they were. */
export function areSourcesUnchanged(sources: IgnoreAnswer['sources']): boolean {
  return sources.every(([file, known]) => {
    const stamp = fs.statSync(file, { throwIfNoEntry: false });
    return (stamp === undefined ? '' : stampText(stamp)) === known;
  });
}

const LIST_SETTINGS = ['config', '--list', '--show-origin', '-z'];
/** `HEAD` can decide which configuration is included. */
const FILES_OF_GIT = ['index', 'info/exclude', 'config', 'config.worktree', 'HEAD'];

async function gitPlaces(folder: string): Promise<{ top: string; files: string[] }> {
  const asked = FILES_OF_GIT.flatMap((name) => ['--git-path', name]);
  // Prints lines, whatever is in the names; there is no other form.
  const text = await git(folder, ['rev-parse', ...asked, '--show-toplevel']);
  const lines = text.trimEnd().split('\n');
  return {
    top: lines[FILES_OF_GIT.length] ?? folder,
    files: lines.slice(0, FILES_OF_GIT.length).map((file) => path.resolve(folder, file)),
  };
}

/** Files of the user that count as soon as they are there, and the one that `core.excludesFile` names. */
function personalFiles(values: readonly string[], top: string): string[] {
  const home = process.env['HOME'] ?? os.homedir();
  const folder = path.join(process.env['XDG_CONFIG_HOME'] || path.join(home, '.config'), 'git');
  const named = values
    .filter((value) => value.startsWith(EXCLUDES_FILE))
    .map((value) => value.slice(EXCLUDES_FILE.length))
    .map((file) => path.resolve(top, file.replace(/^~(?=\/|$)/, home)));
  return [
    path.join(home, '.gitconfig'),
    path.join(folder, 'config'),
    path.join(folder, 'ignore'),
    process.env['GIT_CONFIG_GLOBAL'] ?? '',
    process.env['GIT_CONFIG_SYSTEM'] ?? '',
    ...named,
  ].filter((file) => file !== '');
}

/** As git prints a name and its value. */
const EXCLUDES_FILE = 'core.excludesfile\n';

function rulesAbove(folder: string, top: string): string[] {
  const names = path.relative(top, fs.realpathSync(folder)).split(path.sep);
  if (names[0] === '' || names[0] === '..') return [];
  return names.map((_, depth) => path.join(top, ...names.slice(0, depth), '.gitignore'));
}
