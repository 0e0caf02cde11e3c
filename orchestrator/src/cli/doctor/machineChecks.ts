import { statfs } from 'node:fs/promises';
import { isOnPath } from '../../config/findOnPath.ts';
import { fail, ok, warn, type Check } from './check.ts';
import { nearestExisting } from './nearestExisting.ts';

/** Lowest Node version this program is tested on. */
const LOWEST_NODE: readonly [number, number] = [20, 19];
const MIB = 1024 * 1024;
const LITTLE_SPACE = 1024 * MIB;
const NO_SPACE = 64 * MIB;

/** Checks the Node version, given as in `process.version`. */
export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const [lowestMajor, lowestMinor] = LOWEST_NODE;
  if (major > lowestMajor || (major === lowestMajor && minor >= lowestMinor))
    return ok('node', `Node ${version}`);
  return fail('node', `Node ${version} is too old`, `Install Node ${LOWEST_NODE.join('.')} or newer.`);
}

export function checkGit(env: NodeJS.ProcessEnv): Check {
  return isOnPath('git', env)
    ? ok('git', 'git is on PATH')
    : warn('git', 'git is not on PATH', 'Stages that use git will fail. Install it if yours do.');
}

/** Checks the free space where runs are recorded. */
export async function checkDisk(runsRoot: string): Promise<Check> {
  const { bavail, bsize } = await statfs(nearestExisting(runsRoot));
  const free = bavail * bsize;
  const detail = `${formatSize(free)} free where runs are recorded`;
  if (free >= LITTLE_SPACE) return ok('disk', detail);
  const advice = 'Free some space: a full disk stops runs.';
  return free < NO_SPACE ? fail('disk', detail, advice) : warn('disk', detail, advice);
}

function formatSize(bytes: number): string {
  return bytes >= 1024 * MIB ? `${(bytes / (1024 * MIB)).toFixed(1)} GiB` : `${Math.floor(bytes / MIB)} MiB`;
}
