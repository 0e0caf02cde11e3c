import fastGlob from 'fast-glob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { globSet } from '../../../src/cache/globs/globSet.ts';
import { snapshotInputs } from '../../../src/cache/inputs/snapshotInputs.ts';
import { collectOutputs } from '../../../src/cache/store/collectOutputs.ts';
import { type CacheRig, makeCacheRig } from '../store/cacheRig.ts';

it.each<{ globs: string[]; bases: string[]; in: string[]; out: string[]; into: string[]; notInto: string[] }>(
  [
    {
      globs: ['dist/**'],
      bases: ['dist'],
      in: ['dist/a', 'dist/.b/c\n.d'],
      out: ['dist2', 'src/dist/a'],
      into: ['dist', 'dist/a/b'],
      notInto: ['src'],
    },
    {
      // A folder stands for what is in it.
      globs: ['./dist/', 'a.js'],
      bases: ['dist', 'a.js'],
      in: ['dist/a', 'dist/a/b', 'a.js'],
      out: ['src/a.js'],
      into: ['dist', 'dist/a'],
      notInto: ['src'],
    },
    {
      globs: ['packages/*/dist/', '!packages/x/**'],
      bases: ['packages'],
      in: ['packages/a/dist/b/c'],
      out: ['packages/a/src', 'packages/dist', 'packages/x/dist/a'],
      into: ['', 'packages', 'packages/a', 'packages/a/dist/b'],
      notInto: ['packages/a/src', 'packages/x'],
    },
    {
      globs: ['{dist,lib/{a,b}}/*.js'],
      bases: [''],
      in: ['dist/x.js', 'lib/b/x.js'],
      out: ['lib/x.js', 'dist/x.ts'],
      into: ['dist', 'lib', 'lib/a'],
      notInto: [],
    },
    {
      globs: ['app/\\[id\\]/out.*', 'app/other/**'],
      bases: ['app/[id]', 'app/other'],
      in: ['app/[id]/out.html', 'app/other/a'],
      out: ['app/i/out.html'],
      into: ['app', 'app/[id]'],
      notInto: ['app/i'],
    },
    {
      // Wildcards match files.
      globs: ['lib/*'],
      bases: ['lib'],
      in: ['lib/a', 'lib/.a'],
      out: ['a', 'src/lib/a', 'lib/a/b/c'],
      into: ['lib'],
      notInto: ['src', 'lib/a/b'],
    },
    {
      globs: ['!(src)/**/*.map'],
      bases: [''],
      in: ['dist/a/b.map'],
      out: ['src/a/b.map'],
      into: ['dist', 'dist/a'],
      notInto: ['src'],
    },
    { globs: ['.'], bases: [''], in: ['a', 'b/c'], out: [], into: ['', 'b'], notInto: [] },
  ],
)('$globs', async ({ globs, bases, in: inside, out, into, notInto }) => {
  const set = await globSet(globs, 'output');
  expect(set.bases).toEqual(bases);
  expect(inside.filter((path) => !set.takes(path))).toEqual([]);
  expect(out.filter((path) => set.takes(path))).toEqual([]);
  expect(into.filter((path) => !set.reaches(path))).toEqual([]);
  expect(notInto.filter((path) => set.reaches(path))).toEqual([]);
});

it('takes note of globs that match something, folders in which nothing is included', async () => {
  const set = await globSet(['a/**', 'b', 'c/*.js', '!b/x'], 'output');
  const left = (): string[] => set.withoutMatch().map(({ glob }) => glob);
  expect(set.takesEmpty('a')).toBe(true);
  expect(set.takes('b/x')).toBe(false);
  expect(set.takesEmpty('c')).toBe(false);
  expect(left()).toEqual(['b', 'c/*.js']);
  expect(set.takes('c/1.js')).toBe(true);
  expect(left()).toEqual(['b']);
});

describe('inputs and outputs', () => {
  const FILES = [
    'src/a.ts',
    'src/.b',
    'src/sub/c.ts',
    'src/sub/deep/d.js',
    'dist/e',
    'pkg/x/dist/f',
    'pkg/y/dist/g',
    'h[1]',
  ];
  let rig: CacheRig;
  beforeAll(async () => {
    rig = await makeCacheRig();
    for (const file of FILES) await rig.write(file, file);
  });
  afterAll(() => rig.cleanup());

  it.each([
    [['src']],
    [['src/*']],
    [['src/**', '!src/sub']],
    [['src/*.ts', 'pkg/*/dist/']],
    [['**/*.js', 'dist/']],
    [['{src,dist}/**', '!**/.*']],
    [['h\\[1\\]', 'pkg/[xz]/**']],
    [['**']],
    [['!(src)/**']],
  ])('mean the same by %j', async (globs) => {
    const inputs = await snapshotInputs({ repoRoot: rig.repo, patterns: globs, memo: null });
    const outputs = await collectOutputs(rig.repo, await globSet(globs, 'output'), []);
    expect(outputs.map(({ path }) => path)).toEqual(inputs.files.map(({ path }) => path));
    expect(outputs.length).toBeGreaterThan(0);
  });

  it.each(['src/*.ts', 'src/*', '*', 'src/**', '**/*.js', '{src,pkg}/**/*.ts', 'pkg/[xz]/**', '**'])(
    'match what fast-glob matches: %s',
    async (glob) => {
      const inputs = await snapshotInputs({ repoRoot: rig.repo, patterns: [glob], memo: null });
      const answer = await fastGlob(glob, { cwd: rig.repo, dot: true, followSymbolicLinks: false });
      expect(inputs.files.map(({ path }) => path).toSorted()).toEqual(answer.toSorted());
    },
  );
});
