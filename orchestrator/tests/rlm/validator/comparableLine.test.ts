import { describe, expect, it } from 'vitest';
import { comparableLine } from '../../../src/rlm/validator/comparableLine.ts';

describe('two lines that tell of the same', () => {
  it.each([
    [' ✓ sums (12 tests) 312ms', ' ✓ sums (12 tests)'],
    ['PASS test/a.test.js (5.123 s)', 'PASS test/a.test.js'],
    ['# duration_ms 12.5', '# duration_ms 7'],
    ['Finished in 1m 4s', 'Finished in 59.9 seconds'],
    ['--- FAIL: TestSum (0.00s)', '--- FAIL: TestSum (1.25s)'],
    ['Error: /tmp/run-a8FkQz/out.txt is missing', 'Error: /tmp/run-Zk19xx/out.txt is missing'],
    ['at /var/folders/ab/c1/T/x1/a.js', 'at /private/var/folders/ab/c2/T/x2/a.js'],
    ['id 0b0a9a5e-1f3c-4d5e-8f00-aabbccddeeff', 'id 9b0a9a5e-1f3c-4d5e-8f00-aabbccddeef0'],
    ['at 0x7ffd1234abcd in main', 'at 0x1a in main'],
    ['deps/sum-1a2b3c4d5e6f7890 failed', 'deps/sum-ffffffff00000000 failed'],
    ['2026-01-02T03:04:05.678Z started 17', '2027-12-31T23:59:59.000Z started 9'],
    ['[ 1,234 ]   a\tb', '[ 9 ] a b '],
  ])('%j and %j', (one, other) => {
    expect(comparableLine(one)).toBe(comparableLine(other));
    expect(comparableLine(one)).not.toBe('');
  });
});

describe('two lines that do not', () => {
  it.each([
    ['not ok 1 - adds', 'not ok 1 - subtracts'],
    ['/tmp/repo/test/a.test.js failed', '/tmp/repo/test/b.test.js failed'],
    ['defaced', 'effaced'],
    ['expected true', 'expected false'],
  ])('%j and %j', (one, other) => {
    expect(comparableLine(one)).not.toBe(comparableLine(other));
  });
});

it('is bounded', () => {
  expect(comparableLine('word '.repeat(1000))).toHaveLength(512);
  expect(comparableLine(' 12 ms ')).toBe('');
});

it('costs the same for a line that never ends', () => {
  const cost = (line: string): number => {
    const begun = process.cpuUsage();
    for (let times = 0; times < 200; times += 1) comparableLine(line);
    return process.cpuUsage(begun).user;
  };
  cost('1 ');
  expect(cost('1 '.repeat(500_000))).toBeLessThan(1_000_000);
  expect(comparableLine(`${'1 '.repeat(500)}${'x '.repeat(500)}`)).toBe(comparableLine('7 '.repeat(512)));
});
