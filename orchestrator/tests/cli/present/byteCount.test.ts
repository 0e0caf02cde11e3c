import { expect, test } from 'vitest';
import { formatAge } from '../../../src/cli/present/age.ts';
import { formatBinaryBytes } from '../../../src/cli/present/byteCount.ts';

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.0 KiB'],
  [10_189, '10 KiB'],
  [1024 ** 2 - 1, '1.0 MiB'],
  [1.25 * 1024 ** 3, '1.3 GiB'],
  [5000 * 1024 ** 4, '5000 TiB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBinaryBytes(bytes)).toBe(text);
});

test.each([
  [-5000, '0s'],
  [59_999, '59s'],
  [60_000, '1m'],
  [3_599_999, '59m'],
  [47 * 3_600_000, '47h'],
  [48 * 3_600_000, '2d'],
])('%d ms ago is %s', (ms, text) => {
  expect(formatAge(ms)).toBe(text);
});
