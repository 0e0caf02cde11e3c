import { expect, it } from 'vitest';
import { cacheKey, type KeyFacts } from '../../src/cache/cacheKey.ts';

const FACTS: KeyFacts = {
  command: 'npm test',
  argv: null,
  cwd: '',
  env: { A: '1', B: '2' },
  namedEnv: { CI: null },
  inputs: 'i',
  outputs: ['dist/**'],
  needs: { build: 'k' },
  platform: 'linux',
  arch: 'x64',
  nodeMajor: 20,
  format: 1,
};

it('is a SHA-256 that depends on nothing but the facts', () => {
  expect(cacheKey(FACTS)).toMatch(/^[0-9a-f]{64}$/);
  expect(cacheKey({ ...FACTS, env: { B: '2', A: '1' } })).toBe(cacheKey(FACTS));
});

const OTHERS: Partial<KeyFacts>[] = [
  { command: 'npm  test' },
  { argv: [] },
  { argv: ['npm', 'test'] },
  { argv: ['npm test'] },
  { cwd: 'pkg' },
  { env: { A: '1' } },
  { env: { A: '1","B":"2' } },
  { env: { A: '2', B: '1' } },
  { env: { A: '1' }, namedEnv: { B: '2', CI: null } },
  { namedEnv: {} },
  { namedEnv: { CI: '' } },
  { namedEnv: { CI: 'null' } },
  { inputs: 'j' },
  { outputs: [] },
  { outputs: ['dist/**', ''] },
  { needs: {} },
  { needs: { build: 'l' } },
  { needs: { lint: 'k' } },
  { platform: 'darwin' },
  { arch: 'arm64' },
  { nodeMajor: 22 },
  { format: 2 },
];

it('is another one for any other fact', () => {
  const keys = [FACTS, ...OTHERS.map((other) => ({ ...FACTS, ...other }))].map(cacheKey);
  expect(new Set(keys).size).toBe(keys.length);
});
