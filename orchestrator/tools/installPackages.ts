import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { fieldsOf } from '../src/rlm/agents/eventFields.ts';
import { errorCode } from '../src/storage/errorCode.ts';
import { acquireLock } from '../src/storage/lock.ts';

/** For hooks that call {@link installPackages}, in milliseconds: a slow line needs minutes. */
export const INSTALL_TIMEOUT_MS = 600_000;

export interface PackageFolder {
  /** Absolute path of a folder with a `package.json` and the lock file of npm. */
  folder: string;
  /** What is in it, for messages: `the Codex CLI`. */
  what: string;
  /** Who needs it, for messages: `the end-to-end tests`. */
  neededBy: string;
  /** What it takes, for whoever waits: `160 MB to load, 400 MB on disk`. */
  size: string;
  /** How the folders of those packages begin of which each has the program for one platform: `node_modules/@turbo/`. */
  binaries: string;
  /** Environment of npm, which has to find its way through the same proxy as outside of tests. */
  env: NodeJS.ProcessEnv;
}

/**
 * Installs what the lock file of a folder asks for, when that is not installed yet; packages that only some need are
 * apart from the root's for their size. Several processes may ask for it at once; one installs, the others wait.
 *
 * @returns the folder in which its programs lie.
 * @throws Error saying what npm said, when it cannot be installed.
 */
export async function installPackages(wanted: PackageFolder): Promise<string> {
  if (!(await isInstalled(wanted))) await installOnce(wanted);
  return path.join(wanted.folder, 'node_modules', '.bin');
}

async function installOnce(wanted: PackageFolder): Promise<void> {
  const id = createHash('sha256').update(wanted.folder).digest('hex').slice(0, 16);
  const result = await acquireLock(path.join(tmpdir(), `install-packages-${id}.lock`), {
    purpose: `installing ${wanted.what} for ${wanted.neededBy}`,
    attempts: INSTALL_TIMEOUT_MS / LOOK_AGAIN_MS,
    delayMs: LOOK_AGAIN_MS,
    factor: 1,
  });
  if (result.status === 'busy') throw new Error(`Another process is still installing ${wanted.what}.`);
  try {
    if (!(await isInstalled(wanted))) await install(wanted);
  } finally {
    await result.lock.release();
  }
}

const LOOK_AGAIN_MS = 200;

async function install(wanted: PackageFolder): Promise<void> {
  const { folder, what, neededBy, size, env } = wanted;
  const begun = performance.now();
  process.stderr.write(`Installing ${what} for ${neededBy} (once; ${size}) …\n`);
  const args = ['ci', '--prefix', folder, '--include=optional', '--no-progress', '--loglevel=error'];
  try {
    await promisify(execFile)('npm', args, { cwd: folder, env });
  } catch (error) {
    throw new Error(
      `For ${neededBy}, npm could not install ${what} from its registry, which is done once; without a network run ` +
        `\`npm ci --prefix ${path.relative(process.cwd(), folder)}\` beforehand.\n${saidBy(error)}`,
      { cause: error },
    );
  }
  if (!(await isInstalled(wanted))) {
    throw new Error(`There is no build of ${what} for ${process.platform} ${process.arch}.`);
  }
  process.stderr.write(`… done in ${Math.round((performance.now() - begun) / 1000)} s\n`);
}

function saidBy(error: unknown): string {
  const said: unknown = error instanceof Error && 'stderr' in error ? error.stderr : null;
  return (typeof said === 'string' && said !== '' ? said : String(error)).trim();
}

/** npm writes the list of what it has installed at the very end. It must be what the lock file asks for. */
async function isInstalled({ folder, binaries }: PackageFolder): Promise<boolean> {
  const [wanted, installed] = await Promise.all([
    packagesIn(path.join(folder, 'package-lock.json')),
    packagesIn(path.join(folder, 'node_modules', '.package-lock.json')),
  ]);
  const isThere = ([place, facts]: [string, Record<string, unknown>]): boolean =>
    facts['optional'] === true || (place in installed && installed[place]?.['version'] === facts['version']);
  // Which optional ones npm leaves out depends on the platform; of those with the program, one has to be there.
  return (
    Object.entries(wanted).every(isThere) &&
    Object.keys(installed).some((place) => place.startsWith(binaries))
  );
}

/** Facts by folder, of all packages in a lock file of npm; none when it is not there, or being written. */
async function packagesIn(lockFile: string): Promise<Record<string, Record<string, unknown>>> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(lockFile, 'utf8'));
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || error instanceof SyntaxError) return {};
    throw error;
  }
  const packages = Object.entries(fieldsOf(fieldsOf(content)['packages']));
  // The folder itself is no package that is installed.
  return Object.fromEntries(
    packages.filter(([place]) => place !== '').map(([place, facts]) => [place, fieldsOf(facts)]),
  );
}
