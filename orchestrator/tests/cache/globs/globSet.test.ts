import { expect, it } from 'vitest';
import { globSet } from '../../../src/cache/globs/globSet.ts';

it.each<{ globs: string[]; bases: string[]; in: string[]; out: string[]; into: string[]; notInto: string[] }>(
  [
    {
      globs: ['dist/**'],
      bases: ['dist'],
      in: ['dist/a', 'dist/.b/c\n.d'],
      out: ['dist', 'dist2', 'src/dist/a'],
      into: ['', 'dist', 'dist/a/b'],
      notInto: ['src'],
    },
    {
      globs: ['./dist/', 'a.js', 'src//./x'],
      bases: ['dist', 'a.js', 'src/x'],
      in: ['dist/a', 'dist/a/b', 'a.js', 'src/x'],
      out: ['src/a.js'],
      into: ['dist', 'dist/a', 'src'],
      notInto: ['lib'],
    },
    {
      globs: ['packages/*/dist/**', '!packages/x', '!**/old/'],
      bases: ['packages'],
      in: ['packages/a/dist/b/c', 'packages/a/dist/old'],
      out: ['packages/a/src', 'packages/x/dist/a', 'packages/a/dist/old/c'],
      into: ['', 'packages', 'packages/a', 'packages/a/dist/b'],
      notInto: ['packages/a/src', 'packages/x', 'packages/a/dist/old'],
    },
    {
      // Wildcards match files; a slash at the end makes it folders.
      globs: ['lib/*', 'src/*/'],
      bases: ['lib', 'src'],
      in: ['lib/a', 'src/a/b', 'src/a/b/c'],
      out: ['lib/a/b', 'src/a'],
      into: ['lib', 'src', 'src/a'],
      notInto: ['lib/a'],
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
      globs: ['app/\\[id\\]/out.*', 'app/(shop)/*', 'app/{x}'],
      bases: ['app/[id]', 'app/(shop)', 'app/{x}'],
      in: ['app/[id]/out.html', 'app/(shop)/a', 'app/{x}/a'],
      out: ['app/i/out.html', 'app/shop/a', 'app/x/a'],
      into: ['app', 'app/[id]', 'app/(shop)', 'app/{x}'],
      notInto: ['app/i', 'app/shop'],
    },
    {
      globs: ['!(src)/**/*.map'],
      bases: [''],
      in: ['dist/a/b.map'],
      out: ['src/a/b.map'],
      into: ['dist', 'dist/a'],
      notInto: ['src'],
    },
    {
      globs: ['n{8..10}', 'm{06..2..2}', '{x..z}', '{1..}'],
      bases: [''],
      in: ['n8', 'n10', 'm06', 'm04', 'm02', 'y', '{1..}'],
      out: ['n1', 'n0', 'm4', 'm05', 'w', '1'],
      into: [''],
      notInto: ['n8'],
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

it('takes empty folders where all that is below would be taken', async () => {
  const set = await globSet(['a', 'b/**', '*/c/**/*', 'd/*', '**/*.js', '!b/x', '!b/*.tmp/**'], 'output');
  const folders = ['a', 'a/1', 'b', 'b/1', 'b/x', 'b/x/1', 'b/y.tmp', 'z/c', 'z/c/1', 'd', 'd/1', 'e'];
  expect(folders.filter((folder) => set.takesEmpty(folder))).toEqual([
    'a',
    'a/1',
    'b',
    'b/1',
    'z/c',
    'z/c/1',
  ]);
});

it('knows which globs have chosen nothing but what an exception takes out', async () => {
  const set = await globSet(['a/**', 'b', 'c/*.js', 'c/1.*', '!b/x', 'b'], 'output');
  const left = (): string[] => set.withoutMatch().map(({ glob }) => glob);
  expect([set.takesEmpty('a'), set.takes('b/x'), set.takesEmpty('c')]).toEqual([true, false, false]);
  expect(left()).toEqual(['b', 'c/*.js', 'c/1.*']);
  expect(set.takes('c/1.js')).toBe(true);
  expect(left()).toEqual(['b']);
});

it.each([
  ['../x', 'The input glob "../x" leaves the repository.'],
  ['!a/../../b', 'The input glob "!a/../../b" leaves the repository.'],
  ['/etc/*', 'The input glob "/etc/*" leaves the repository.'],
  ['{1..20000}', 'The range "{1..20000}" in a glob stands for 20000 names, which is too many.'],
])('refuses %s', async (glob, message) => {
  await expect(globSet([glob], 'input')).rejects.toMatchObject({ failure: { kind: 'usage', message } });
});
