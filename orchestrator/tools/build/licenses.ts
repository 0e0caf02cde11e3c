import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Metafile } from 'esbuild';

/**
 * The notices that the licences of the bundled libraries ask for: each library with its version, the name of its
 * licence and the licence's text.
 *
 * @param root absolute path that the file names in `metafile` count from.
 * @throws Error when a bundled library carries no licence text.
 */
export async function thirdPartyLicenses(metafile: Metafile, root: string): Promise<string> {
  const folders = new Set(Object.keys(metafile.inputs).flatMap(packageFolder));
  const notices = await Promise.all([...folders].toSorted().map((folder) => notice(path.join(root, folder))));
  return `This program contains the following libraries.\n\n${notices.join('\n')}`;
}

/** `node_modules/@scope/name` for a file below it; nothing for a file of our own or of Node. */
function packageFolder(input: string): string[] {
  const match = /^.*(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(input);
  return match ? [match[0]] : [];
}

async function notice(folder: string): Promise<string> {
  const { name, version, license } = await readPackage(folder);
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e(\.\w+)?$/i.test(entry));
  if (file === undefined) throw new Error(`${name} ${version} is bundled, but carries no licence text`);
  const text = (await readFile(path.join(folder, file), 'utf8')).trim();
  return `${'='.repeat(80)}\n${name} ${version} (${license})\n\n${text}\n`;
}

async function readPackage(folder: string): Promise<{ name: string; version: string; license: string }> {
  const value: unknown = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
  const field = (key: string): string => {
    const found =
      typeof value === 'object' && value !== null
        ? Object.entries(value).find(([k]) => k === key)
        : undefined;
    return typeof found?.[1] === 'string' ? found[1] : 'unknown';
  };
  return { name: field('name'), version: field('version'), license: field('license') };
}
