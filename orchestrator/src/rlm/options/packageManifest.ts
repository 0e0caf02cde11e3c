import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isFile } from './isFile.ts';

/** The `package.json` of a folder; null where there is none, or none that is a JSON object. Throws errno errors. */
export async function readPackageManifest(folder: string): Promise<Record<string, unknown> | null> {
  const file = path.join(folder, 'package.json');
  // Looked at first: reading a named pipe would wait for ever.
  if (!(await isFile(file))) return null;
  const text = await readFile(file, 'utf8');
  try {
    const document: unknown = JSON.parse(text.replace(/^\ufeff/, ''));
    return isObject(document) ? document : null;
  } catch {
    return null;
  }
}

/** Whether it has a script `test`, which is what `npm test` runs. */
export function hasTestScript({ scripts }: Record<string, unknown>): boolean {
  return isObject(scripts) && typeof scripts['test'] === 'string' && scripts['test'].trim() !== '';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
