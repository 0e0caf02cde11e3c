import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { installPackages } from '../../tools/installPackages.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'codex-packages-'));
  await writePackages('package-lock.json', {
    '': { name: 'peers' },
    'node_modules/runner': { version: '2.0.0' },
    'node_modules/@runner/here': { version: '2.0.0', optional: true },
    'node_modules/@runner/elsewhere': { version: '2.0.0', optional: true },
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

async function writePackages(file: string, packages: Record<string, object>): Promise<void> {
  await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
  await writeFile(path.join(folder, file), JSON.stringify({ lockfileVersion: 3, packages }));
}

/** There is no npm to be found, so that it fails as soon as npm is needed. */
const install = () =>
  installPackages({
    folder,
    what: 'the runner',
    neededBy: 'these tests',
    size: 'nothing',
    binaries: 'node_modules/@runner/',
    env: { PATH: folder },
  });

it('needs no npm when the packages of the lock file are there, with one for this platform', async () => {
  await writePackages('node_modules/.package-lock.json', {
    'node_modules/runner': { version: '2.0.0' },
    'node_modules/@runner/here': { version: '2.0.0', optional: true },
  });
  expect(await install()).toBe(path.join(folder, 'node_modules', '.bin'));
});

it.each([
  ['nothing is installed', {}],
  [
    'another version is installed',
    { 'node_modules/runner': { version: '1.9.0' }, 'node_modules/@runner/here': { version: '1.9.0' } },
  ],
  ['no program for this platform is installed', { 'node_modules/runner': { version: '2.0.0' } }],
])('asks npm when %s, and says what to do when that fails', async (_, installed) => {
  await writePackages('node_modules/.package-lock.json', installed);
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const advice = `npm ci --prefix ${path.relative(process.cwd(), folder)}`;
  await expect(install()).rejects.toThrow(
    `For these tests, npm could not install the runner from its registry, which is done once; without a network run ` +
      `\`${advice}\` beforehand.\nError: spawn npm ENOENT`,
  );
  expect(stderr.mock.calls).toEqual([['Installing the runner for these tests (once; nothing) …\n']]);
});
