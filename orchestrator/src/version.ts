import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Put in place by the bundler; absent when the sources run as they are. */
declare const __VERSION__: string;

/** Version of this package as in its `package.json`. */
export const VERSION: string = typeof __VERSION__ === 'string' ? __VERSION__ : versionOfSources();

function versionOfSources(): string {
  const text = readFileSync(path.join(import.meta.dirname, '../../package.json'), 'utf8');
  const manifest: unknown = JSON.parse(text);
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest)
    return String(manifest.version);
  throw new Error('package.json has no version');
}
