import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { inject } from 'vitest';
import { fieldsOf } from '../../src/rlm/agents/eventFields.ts';
import { errorCode } from '../../src/storage/errorCode.ts';
import { acquireLock } from '../../src/storage/lock.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** `NODE_EXTRA_CA_CERTS` of whoever started the suite; the tests themselves run without it. */
    extraCertificates?: string;
  }
}

/** For hooks that call {@link installCodex}, in milliseconds: a slow line needs minutes. */
export const INSTALL_TIMEOUT_MS = 600_000;

const FOLDER = fileURLToPath(new URL('.', import.meta.url));

/**
 * Installs the packages of this folder when they are not installed yet, which is the Codex CLI with its binary.
 * Several processes may ask for it at once; one installs, the others wait.
 *
 * @returns the folder in which the program `codex` lies.
 * @throws Error saying what npm said, when it cannot be installed.
 */
export async function installCodex(): Promise<string> {
  if (!(await isInstalled())) await installOnce();
  return path.join(FOLDER, 'node_modules', '.bin');
}

async function installOnce(): Promise<void> {
  const id = createHash('sha256').update(FOLDER).digest('hex').slice(0, 16);
  const result = await acquireLock(path.join(tmpdir(), `install-codex-${id}.lock`), {
    purpose: 'installing the Codex CLI for the end-to-end tests',
    attempts: INSTALL_TIMEOUT_MS / LOOK_AGAIN_MS,
    delayMs: LOOK_AGAIN_MS,
    factor: 1,
  });
  if (result.status === 'busy') throw new Error('Another process is still installing the Codex CLI.');
  try {
    if (!(await isInstalled())) await install();
  } finally {
    await result.lock.release();
  }
}

const LOOK_AGAIN_MS = 200;

async function install(): Promise<void> {
  const begun = performance.now();
  process.stderr.write(
    'Installing the Codex CLI for the end-to-end tests (once; 160 MB to load, 400 MB on disk) …\n',
  );
  const args = ['ci', '--prefix', FOLDER, '--include=optional', '--no-progress', '--loglevel=error'];
  try {
    await promisify(execFile)('npm', args, { cwd: FOLDER, env: npmEnvironment() });
  } catch (error) {
    throw new Error(
      `The end-to-end tests need the Codex CLI, and it could not be installed. They load it from the npm registry ` +
        `once; without a network run \`npm ci --prefix ${path.relative(process.cwd(), FOLDER)}\` beforehand.\n${saidBy(error)}`,
      { cause: error },
    );
  }
  if (!(await isInstalled()))
    throw new Error(`There is no Codex CLI for ${process.platform} ${process.arch}.`);
  process.stderr.write(`… done in ${Math.round((performance.now() - begun) / 1000)} s\n`);
}

/** npm has to find its way through the same proxy as outside of the tests. */
function npmEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, NODE_EXTRA_CA_CERTS: inject('extraCertificates') ?? '' };
}

function saidBy(error: unknown): string {
  const said: unknown = error instanceof Error && 'stderr' in error ? error.stderr : null;
  return (typeof said === 'string' && said !== '' ? said : String(error)).trim();
}

/** npm writes the list of what it has installed at the very end. It must be what the lock file asks for. */
async function isInstalled(): Promise<boolean> {
  const [wanted, installed] = await Promise.all([
    versionsIn(path.join(FOLDER, 'package-lock.json')),
    versionsIn(path.join(FOLDER, 'node_modules', '.package-lock.json')),
  ]);
  return (
    PACKAGE in wanted &&
    installed[PACKAGE] === wanted[PACKAGE] &&
    // The binary is in a package of its own for each platform.
    Object.keys(installed).some((name) => name.startsWith(`${PACKAGE}-`))
  );
}

const PACKAGE = 'node_modules/@openai/codex';

/** Version by folder, of all packages in a lock file of npm; none when it is not there, or being written. */
async function versionsIn(lockFile: string): Promise<Record<string, unknown>> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(lockFile, 'utf8'));
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || error instanceof SyntaxError) return {};
    throw error;
  }
  const packages = Object.entries(fieldsOf(fieldsOf(content)['packages']));
  return Object.fromEntries(packages.map(([folder, facts]) => [folder, fieldsOf(facts)['version']]));
}
