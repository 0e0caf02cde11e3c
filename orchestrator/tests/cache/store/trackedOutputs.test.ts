import { execFileSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { trackedOutputs } from '../../../src/cache/store/trackedOutputs.ts';
import { makeCacheRig, type CacheRig } from './cacheRig.ts';

let rig: CacheRig;

beforeEach(async () => {
  rig = await makeCacheRig();
});
afterEach(() => rig.cleanup());

function git(...args: string[]): void {
  execFileSync('git', ['-c', 'init.defaultBranch=main', ...args], { cwd: rig.repo, stdio: 'ignore' });
}

it('names the tracked files that outputs would overwrite, those deleted meanwhile too', async () => {
  for (const file of ['dist/kept [1].js', 'dist/two\nlines', 'dist/gone', 'src/a.ts'])
    await rig.write(file, '');
  git('init');
  git('add', '.');
  await rm(path.join(rig.repo, 'dist/gone'));
  await rig.write('dist/made', '');

  expect(await trackedOutputs(rig.repo, ['dist/**', 'lib'])).toEqual([
    'dist/gone',
    'dist/kept [1].js',
    'dist/two\nlines',
  ]);
  expect(await trackedOutputs(rig.repo, ['{dist,lib}/k*'])).toEqual(['dist/kept [1].js']);
  expect(await trackedOutputs(rig.repo, ['dist', '!dist/{gone,kept*,two*}'])).toEqual([]);
  expect(await trackedOutputs(path.join(rig.repo, 'src'), ['*'])).toEqual(['a.ts']);
  expect(await trackedOutputs(rig.repo, [])).toEqual([]);
});

it('asks the repository itself where a hook points git at another one', async () => {
  await rig.write('dist/a', '');
  git('init');
  git('add', '.');
  process.env['GIT_DIR'] = path.join(rig.root, 'nowhere');
  try {
    expect(await trackedOutputs(rig.repo, ['dist'])).toEqual(['dist/a']);
  } finally {
    delete process.env['GIT_DIR'];
  }
});

it('finds nothing tracked outside git, nor below a .git that is none', async () => {
  await rig.write('dist/a', '');
  expect(await trackedOutputs(rig.repo, ['dist'])).toEqual([]);
  await rig.folder('.git');
  expect(await trackedOutputs(rig.repo, ['dist'])).toEqual([]);
});

it('says so when git cannot tell', async () => {
  git('init');
  await rig.write('.git/config', '[core');
  const answer = trackedOutputs(rig.repo, ['dist']);
  await expect(answer).rejects.toHaveProperty('failure.kind', 'git-failed');
  await expect(answer).rejects.toHaveProperty(
    'failure.message',
    expect.stringMatching(/^fatal: bad config line \d in file \.git\/config$/),
  );
});
