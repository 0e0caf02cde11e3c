import { expect, it } from 'vitest';
import type { KeyFacts } from '../../src/cache/cacheKey.ts';
import { explainMiss } from '../../src/cache/explainMiss.ts';
import { missFacts, parseMissFacts, type MissFacts } from '../../src/cache/missFacts.ts';

const FACTS: KeyFacts = {
  command: 'npm test',
  argv: null,
  cwd: 'pkg',
  env: { MODE: 'fast' },
  namedEnv: { CI: null, TOKEN: 'secret' },
  inputs: 'i',
  outputs: ['dist/**'],
  needs: { build: 'k' },
  platform: 'linux',
  arch: 'x64',
  nodeMajor: 20,
  format: 1,
};

/** `{ path: content }`; a content that begins with `x` is executable. */
function facts(over: Partial<KeyFacts> = {}, files: Record<string, string> = { a: '1' }): MissFacts {
  const inputs = Object.entries(files).map(([path, content]) => ({
    path,
    hash: content.padEnd(64, '0'),
    executable: content.startsWith('x'),
    kind: 'file' as const,
  }));
  return missFacts({ ...FACTS, ...over }, inputs);
}

it('says that there is nothing to compare with', () => {
  expect(explainMiss(facts(), null)).toEqual(['no entry has been stored before']);
  expect(explainMiss(facts(), facts())).toEqual([
    'nothing changed, but the entry is not in the cache any more',
  ]);
});

it.each<[string, Partial<KeyFacts>]>([
  ['command changed', { command: 'npm run test' }],
  ['command changed', { argv: ['npm', 'test'] }],
  ['working directory is other, was pkg', { cwd: 'other' }],
  ['variable MODE of the stage changed', { env: { MODE: 'slow' } }],
  ['variable MODE of the stage is gone', { env: {} }],
  ['variable CI is new', { namedEnv: { CI: '1', TOKEN: 'secret' } }],
  ['variable TOKEN changed', { namedEnv: { CI: null, TOKEN: 'other' } }],
  ['variable TOKEN is gone', { namedEnv: { CI: null, TOKEN: null } }],
  ['needed stage build changed', { needs: { build: 'l' } }],
  ['output globs changed', { outputs: [] }],
  ['platform is darwin, was linux', { platform: 'darwin' }],
  ['architecture is arm64, was x64', { arch: 'arm64' }],
  ['Node.js is 22, was 20', { nodeMajor: 22 }],
  ['the form of entries changed', { format: 2 }],
])('says: %s', (line, over) => {
  expect(explainMiss(facts(over), facts())).toEqual([line]);
});

it('names inputs, at most five', () => {
  const before = { gone: '1', mode: '1', same: '1', text: '1' };
  const now = { mode: 'x', same: '1', text: '2', new: '1' };
  expect(explainMiss(facts({ command: 'x' }, now), facts({}, before))).toEqual([
    'input gone is gone',
    'input mode changed',
    'input new is new',
    'input text changed',
    'command changed',
  ]);
  const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`f${at}`, '1']));
  expect(explainMiss(facts({}, many(6)), facts({}, {})).slice(4)).toEqual([
    'input f4 is new',
    'and 1 more input',
  ]);
  expect(explainMiss(facts({}, many(17)), facts({}, {})).at(-1)).toBe('and 12 more inputs');
});

it('keeps no values of variables, and comes back from a file', () => {
  const kept = facts();
  const text = JSON.stringify(kept);
  expect(text).not.toMatch(/secret|fast/);
  expect(parseMissFacts(JSON.parse(text))).toEqual(kept);
  for (const other of [null, [], 'text', {}, { ...kept, files: [] }, { ...kept, command: 1 }])
    expect(parseMissFacts(other)).toBeNull();
});
