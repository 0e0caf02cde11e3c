/**
 * Whether a line of a validator's output looks as if it told of a failure. Knows the habits of common test runners,
 * compilers and linters; errs on the side of telling, because the list it feeds is short and the end of the output is
 * shown besides.
 *
 * @param line plain text, without colours.
 */
export function looksLikeError(line: string): boolean {
  if (PASSING.test(line)) return false;
  const counted = line.replace(NOTHING_FAILED, '');
  return SIGNS.some((sign) => sign.test(counted));
}

/** Tests that passed or begin have names that speak of errors; frames of a stack trace have files and lines. */
const PASSING = /^\s*(?:[✓✔√]|ok\b|PASS(?:ED)?\b|--- PASS|=== RUN|# Subtest|at\s)|\bPASSED\b|\.\.\. ok$/u;

/** `0 failed`, `no errors`, `failures: 0`, `# fail 0`. */
const NOTHING_FAILED =
  /\b(?:0|no) (?:errors?|fail(?:ed|ures?|ing)?)\b|\b(?:errors?|fail(?:ed|ures?)?)\s*[:=]?\s+0\b|\b(?:errors?|failures?|failed)[:=]0\b/gi;

const SIGNS: readonly RegExp[] = [
  // Words, also as the end of one, as in `TypeError`.
  /(?:\b|[a-z])(?:error|exception|panic(?:ked)?|traceback|fatal)\b/i,
  /\bfail(?:s|ed|ing|ures?)?\b/i,
  /\bERR!|\bAssertion/,
  // Marks of runners, at the beginning of a line.
  /^\s*(?:[✗✘✕✖×❌⨯●]|not ok\b|E {3}|\d+\) )/u,
  /^\s*[-+]?\s*(?:expected|received|actual|got|want)\b\s*:?/i,
  // `src/a.c:3:5: …`, `a_test.go:12: …`, ` --> src/main.rs:3:5`
  /^\s*(?:-->\s*)?[\w@./\\-]*\w\.\w+:\d+(?::\d+)?(?::\s(?!warning|note)|$)/,
  /\b(?:command not found|no such file|cannot find|permission denied|segmentation fault|core dumped|undefined reference|timed out|out of memory)\b/i,
];
