import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';
import { installPackages } from '../../tools/installPackages.ts';

export { INSTALL_TIMEOUT_MS } from '../../tools/installPackages.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** `NODE_EXTRA_CA_CERTS` of whoever started the suite; the tests themselves run without it. */
    extraCertificates?: string;
  }
}

/**
 * Installs the Codex CLI with its binary when it is not installed yet.
 *
 * @returns the folder in which the program `codex` lies.
 * @throws Error saying what npm said, when it cannot be installed.
 */
export function installCodex(): Promise<string> {
  return installPackages({
    folder: fileURLToPath(new URL('.', import.meta.url)),
    what: 'the Codex CLI',
    neededBy: 'the end-to-end tests',
    size: '160 MB to load, 400 MB on disk',
    binaries: 'node_modules/@openai/codex-',
    env: { ...process.env, NODE_EXTRA_CA_CERTS: inject('extraCertificates') ?? '' },
  });
}
