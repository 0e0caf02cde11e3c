import { existsSync } from 'node:fs';
import path from 'node:path';

/** The path itself when it exists, else its nearest ancestor that does. */
export function nearestExisting(absolutePath: string): string {
  let candidate = absolutePath;
  while (!existsSync(candidate) && path.dirname(candidate) !== candidate) candidate = path.dirname(candidate);
  return candidate;
}
