import { expect, it } from 'vitest';
import { looksLikeError } from '../../../src/rlm/validator/errorLine.ts';

it.each([
  'not ok 3 - sums',
  '✖ sums (1.2ms)',
  ' × src/sum.test.ts > sums',
  '   ✕ sums (3 ms)',
  '  ● sum › adds',
  ' FAIL  src/sum.test.ts > sums',
  'AssertionError [ERR_ASSERTION]: 1 == 2',
  'TypeError: x is not a function',
  '    Expected: 4',
  '- Expected',
  '+ Received',
  '  1) sum adds:',
  'FAILED tests/test_sum.py::test_adds - assert 1 == 2',
  'E   assert 1 == 2',
  'Traceback (most recent call last):',
  '--- FAIL: TestSum (0.00s)',
  '    sum_test.go:12: got 3, want 4',
  "thread 'main' panicked at src/lib.rs:3:5:",
  'panic: runtime error: index out of range',
  'error[E0308]: mismatched types',
  '  --> src/main.rs:3:5',
  'test result: FAILED. 1 passed; 1 failed; 0 ignored',
  "src/a.ts(3,5): error TS2304: Cannot find name 'x'.",
  "src/a.c:3:5: expected ';'",
  '  3:5  error  no-unused-vars',
  'npm ERR! Test failed.',
  'make: *** [check] Error 2',
  'sh: 1: foo: command not found',
  'Segmentation fault (core dumped)',
  '# fail 1',
  '1 failed, 0 errors',
])('%j', (line) => {
  expect(looksLikeError(line)).toBe(true);
});

it.each([
  'ok 1 - throws an error',
  '✔ fails on bad input (1ms)',
  ' ✓ src/error.test.ts (3 tests)',
  'PASS src/failure.test.js',
  '# Subtest: throws an error',
  '=== RUN   TestError',
  '--- PASS: TestError (0.00s)',
  'tests/test_error.py::test_failure PASSED',
  'test tests::error_path ... ok',
  '    at Object.<anonymous> (src/sum.test.js:3:5)',
  'test result: ok. 5 passed; 0 failed; 0 ignored',
  '# fail 0',
  'ℹ fail 0',
  'Failures: 0, Errors: 0',
  'Found 0 errors and no failures',
  'src/a.c:3:5: warning: unused',
  'compiling terrors v1.0',
  'Listening on 10.0.0.1:8080',
  'all is well',
])('not %j', (line) => {
  expect(looksLikeError(line)).toBe(false);
});

it('takes a hostile line in its stride', () => {
  const started = performance.now();
  for (const piece of ['a.', 'a', '0 ', '\t', 'a.1:']) looksLikeError(piece.repeat(150));
  expect(performance.now() - started).toBeLessThan(500);
});
