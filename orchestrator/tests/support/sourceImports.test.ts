import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeRepo } from './sandboxRepo.ts';
import type { SandboxRepo } from './sandboxRepo.ts';
import { readSources } from './sourceImports.ts';

let repo: SandboxRepo;

beforeEach(async () => {
  repo = await makeRepo();
});
afterEach(() => repo.cleanup());

it('reads every way to import, and no comment', async () => {
  await repo.write(
    'run/a.ts',
    `import fs from 'node:fs';
import type { T } from '../config/types.ts';
import {
  one,
  two as second,
} from './b.ts';
export { three } from './c.ts';
export * from './d.ts';
import './e.ts';
// import { no } from './comment.ts';
/* import { no } from './comment.ts';
 */
const lazy = await import('../cli/f.ts');
let place: import('./g.ts').Place;
`,
  );
  const [source] = await readSources(repo.root);
  expect(source?.file).toBe('run/a.ts');
  expect(source?.lineCount).toBe(14);
  const found = source?.imports.map(({ target, isType, line }) => [target, isType, line]);
  expect(found).toEqual([
    [null, false, 1],
    ['config/types.ts', true, 2],
    ['run/b.ts', false, 3],
    ['run/c.ts', false, 7],
    ['run/d.ts', false, 8],
    ['run/e.ts', false, 9],
    ['cli/f.ts', false, 13],
    ['run/g.ts', true, 14],
  ]);
});
