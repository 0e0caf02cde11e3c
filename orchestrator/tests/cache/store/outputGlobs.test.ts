import { expect, it } from 'vitest';
import { outputGlobs } from '../../../src/cache/store/outputGlobs.ts';

it.each<{ globs: string[]; bases: string[]; in: string[]; out: string[]; into: string[]; notInto: string[] }>(
  [
    {
      globs: ['dist/**'],
      bases: ['dist'],
      in: ['dist', 'dist/a', 'dist/.b/c\n.d'],
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
      globs: ['packages/*/dist', '!packages/x/**'],
      bases: ['packages'],
      in: ['packages/a/dist', 'packages/a/dist/b/c'],
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
      bases: ['app'],
      in: ['app/[id]/out.html', 'app/other/a'],
      out: ['app/i/out.html'],
      into: ['app', 'app/[id]'],
      notInto: ['app/i'],
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
  const outputs = await outputGlobs(globs);
  expect(outputs.bases).toEqual(bases);
  expect(inside.filter((path) => !outputs.matches(path))).toEqual([]);
  expect(out.filter((path) => outputs.matches(path))).toEqual([]);
  expect(into.filter((path) => !outputs.reaches(path))).toEqual([]);
  expect(notInto.filter((path) => outputs.reaches(path))).toEqual([]);
});
