import { expect, it } from 'vitest';
import { protectedChanges } from '../../../src/rlm/validator/protectedFiles.ts';

const PATHS = [
  '.github/workflows/ci.yml',
  'app/[id]/page.test.ts',
  'package.json',
  'src/sum.test.ts',
  'src/sum.ts',
  'test/.hidden/a.js',
  'test/sum.js',
  'tests.md',
];

const changed = (...globs: string[]): Promise<string[]> =>
  protectedChanges(
    globs,
    PATHS.map((path) => ({ path, kind: 'modified' })),
  );

it.each([
  [['package.json'], ['package.json']],
  [['./package.json'], ['package.json']],
  [['/package.json'], ['package.json']],
  [['test'], ['test/.hidden/a.js', 'test/sum.js']],
  [['test/'], ['test/.hidden/a.js', 'test/sum.js']],
  [['test/**'], ['test/.hidden/a.js', 'test/sum.js']],
  [['test/*'], ['test/.hidden/a.js', 'test/sum.js']],
  [['**/*.test.ts'], ['app/[id]/page.test.ts', 'src/sum.test.ts']],
  [['*.test.ts'], []],
  [['*'], PATHS],
  [['.'], PATHS],
  [['{package.json,src/*.test.*}'], ['package.json', 'src/sum.test.ts']],
  [['.github'], ['.github/workflows/ci.yml']],
  [['app/[id]/page.test.ts'], ['app/[id]/page.test.ts']],
  [['app/[id]'], ['app/[id]/page.test.ts']],
  [['tes', 'src/sum'], []],
  [['test', '!test/.hidden'], ['test/sum.js']],
  [['!test'], []],
  [['src/**', '!./**/*.test.ts'], ['src/sum.ts']],
  [[''], []],
  [[], []],
])('%j protect %j', async (globs, expected) => {
  await expect(changed(...globs)).resolves.toEqual(expected);
});

it('counts added and deleted files too', async () => {
  const files = [
    { path: 'test/a.js', kind: 'added' },
    { path: 'test/b.js', kind: 'deleted' },
  ] as const;
  await expect(protectedChanges(['test'], [...files])).resolves.toEqual(['test/a.js', 'test/b.js']);
});
