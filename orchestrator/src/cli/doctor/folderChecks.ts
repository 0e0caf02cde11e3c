import { accessSync, constants, existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { errnoText, fileTroubleOf } from '../present/errnoText.ts';
import { fail, ok, warn, type Check } from './check.ts';
import { nearestExisting } from './nearestExisting.ts';

/** Checks that the repository root is a folder, and most likely the right one. */
export function checkRepository(repoRoot: string): Check {
  if (!existsSync(repoRoot) || !statSync(repoRoot).isDirectory()) {
    return fail(
      'repository',
      `${repoRoot} is not a folder`,
      'Set CODEX_ORCHESTRATOR_ROOT to the root of the repository.',
    );
  }
  if (existsSync(path.join(repoRoot, '.git'))) return ok('repository', repoRoot);
  return warn(
    'repository',
    `${repoRoot} is not the root of a git repository`,
    'Run from the root, or set CODEX_ORCHESTRATOR_ROOT to it.',
  );
}

/** Checks that a folder can be written to, or created when it is not there yet. Writes nothing. */
export function checkWritable(name: string, folder: string, variable: string): Check {
  const place = nearestExisting(folder);
  const advice = `Change its permissions, or choose another place with ${variable}.`;
  try {
    if (!statSync(place).isDirectory()) return fail(name, `${place} is a file, not a folder`, advice);
    accessSync(place, constants.W_OK | constants.X_OK);
  } catch (error) {
    const trouble = fileTroubleOf(error);
    if (trouble === null) throw error;
    const [why = ''] = errnoText(trouble).split('\n');
    return fail(name, why.replace(/\.$/, ''), advice);
  }
  return ok(name, place === folder ? `${folder} can be written to` : `${folder} can be created`);
}
