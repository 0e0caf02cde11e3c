import { expect, test } from 'vitest';
import { parseByteSize } from '../../src/cli/byteSize.ts';
import { cacheCapsOf } from '../../src/cli/cacheCaps.ts';
import { cacheDirOf } from '../../src/cli/cacheDir.ts';

const DAY_MS = 86_400_000;

test('the caps have defaults', () => {
  const defaults = { maxBytes: 2 * 1024 ** 3, maxAgeMs: 30 * DAY_MS };
  expect(cacheCapsOf({})).toEqual(defaults);
  const blank = { CODEX_ORCHESTRATOR_CACHE_MAX_BYTES: ' ', CODEX_ORCHESTRATOR_CACHE_MAX_DAYS: '' };
  expect(cacheCapsOf(blank)).toEqual(defaults);
});

test('the environment sets the caps', () => {
  const env = { CODEX_ORCHESTRATOR_CACHE_MAX_BYTES: ' 500M ', CODEX_ORCHESTRATOR_CACHE_MAX_DAYS: '7' };
  expect(cacheCapsOf(env)).toEqual({ maxBytes: 500 * 1024 ** 2, maxAgeMs: 7 * DAY_MS });
});

test.each([
  ['BYTES', '2X', 'a size such as 500M or 2G'],
  ['BYTES', '-1', 'a size such as 500M or 2G'],
  ['DAYS', '1.5', 'a whole number of days, such as 30'],
  ['DAYS', '7d', 'a whole number of days, such as 30'],
])('CODEX_ORCHESTRATOR_CACHE_MAX_%s cannot be %s', (name, value, expected) => {
  const variable = `CODEX_ORCHESTRATOR_CACHE_MAX_${name}`;
  const failure = { kind: 'usage', message: `${variable} is "${value}": expected ${expected}` };
  expect(() => cacheCapsOf({ [variable]: value })).toThrow(expect.objectContaining({ failure }));
});

test.each([
  ['0', 0],
  ['1048576', 1024 ** 2],
  ['500M', 500 * 1024 ** 2],
  ['1.5g', 1.5 * 1024 ** 3],
  ['2 GiB', 2 * 1024 ** 3],
])('%s is a size', (text, bytes) => {
  expect(parseByteSize(text)).toBe(bytes);
});

test.each(['', 'M', '-1', '1e9', '5MB', '1.2.3', '.5G', '999999T'])('%j is no size', (text) => {
  expect(parseByteSize(text)).toBeNull();
});

test.each([
  [undefined, '/repo/.runs/.cache'],
  ['  ', '/repo/.runs/.cache'],
  ['/shared', '/shared'],
  ['../shared', '/repo/shared'],
])('with the variable %j the cache is in %s', (named, expected) => {
  const processEnv = { CODEX_ORCHESTRATOR_CACHE_DIR: named };
  expect(cacheDirOf({ runsRoot: '/repo/.runs', startDirectory: '/repo/sub', processEnv })).toBe(expected);
});
