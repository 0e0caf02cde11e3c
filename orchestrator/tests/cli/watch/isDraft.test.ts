import { expect, test } from 'vitest';
import { draftName } from '../../../src/cache/store/draftName.ts';
import { isDraft } from '../../../src/cli/watch/isDraft.ts';

test.each([
  '.a.ts.swp',
  'src/.a.ts.swx',
  'src/4913',
  'src/a.ts~',
  'src/.#a.ts',
  'src/#a.ts#',
  'src/a.ts___jb_tmp___',
  `dist/${draftName('123e4567-e89b-42d3-a456-426614174000', 3)}`,
])('%s is a temporary file', (path) => {
  expect(isDraft(path)).toBe(true);
});

test.each(['src/a.ts', 'a.swp', '.env', 'src/c#.md', '~/a', '4913.ts', '.swallow'])('%s is none', (path) => {
  expect(isDraft(path)).toBe(false);
});
