import { describe, expect, it } from 'vitest';
import { isFlakySummary, stageSummary, type SummaryInput } from '../../src/pipeline/stageSummary.ts';

const base: SummaryInput = {
  hint: undefined,
  outcome: {
    pid: 1,
    exitCode: 0,
    signal: null,
    durationMs: 5,
    ended: 'exited',
    error: null,
    pipesHeld: false,
  },
  stdout: '',
  stderr: '',
  cancelCause: null,
  timeoutMs: undefined,
  attempt: 1,
  maxAttempts: 1,
  repoRoot: '/repo',
};

describe('stageSummary', () => {
  it.each<[string, Partial<SummaryInput>, Partial<SummaryInput['outcome']>, string]>([
    ['standard output', { stdout: ' out \n', stderr: 'err' }, {}, 'out'],
    ['standard error, when there is nothing else', { stderr: 'err\n' }, {}, 'err'],
    ['output without colours', { stdout: '\u001B[32m✓\u001B[39m passed\n' }, {}, '✓ passed'],
    [
      'paths as seen from the repository',
      { stdout: 'RUN /repo\n/repo/a.ts /repo2\n' },
      {},
      'RUN .\na.ts /repo2',
    ],
    ['generic text without output', {}, {}, 'Completed without output'],
    ['the hint before output', { hint: 'hint', stdout: 'out' }, {}, 'hint'],
    ['the hint before an exit code', { hint: 'hint' }, { exitCode: 2 }, 'hint'],
    ['an exit code with standard error', { stderr: 'bad' }, { exitCode: 2 }, 'Exited with code 2: bad'],
    ['an exit code alone', { stdout: 'out' }, { exitCode: 2 }, 'Exited with code 2'],
    ['a signal', { stderr: 'x' }, { exitCode: null, signal: 'SIGSEGV' }, 'Ended by signal SIGSEGV: x'],
    [
      'a time-out before the hint',
      { hint: 'hint', timeoutMs: 1500 },
      { ended: 'timed-out' },
      'Timed out after 1.5 s',
    ],
    [
      'a cancellation before the hint',
      { hint: 'h', cancelCause: 'SIGINT' },
      { ended: 'cancelled' },
      'Cancelled (SIGINT)',
    ],
    [
      'a failed start',
      {},
      { ended: 'not-started', exitCode: null, error: { code: 'ENOENT', message: 'command not found: x' } },
      'Execution error: command not found: x',
    ],
    ['a late pass', { attempt: 2, maxAttempts: 3, stdout: 'ok' }, {}, 'Passed on attempt 2 of 3 (flaky). ok'],
    [
      'the last of several failures',
      { attempt: 3, maxAttempts: 3 },
      { exitCode: 1 },
      'Exited with code 1 (attempt 3 of 3)',
    ],
  ])('tells of %s', (_case, input, outcome, expected) => {
    expect(stageSummary({ ...base, ...input, outcome: { ...base.outcome, ...outcome } })).toBe(expected);
  });

  it('cuts long output after 240 characters', () => {
    const summary = stageSummary({ ...base, stdout: 'x'.repeat(500) });
    expect(summary).toBe(`${'x'.repeat(240)}…`);
  });

  it('knows a flaky summary when it sees one', () => {
    expect(isFlakySummary(stageSummary({ ...base, attempt: 2, maxAttempts: 2 }))).toBe(true);
    expect(isFlakySummary(stageSummary(base))).toBe(false);
    expect(isFlakySummary(null)).toBe(false);
  });
});
