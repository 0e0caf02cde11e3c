import { describe, expect, it } from 'vitest';
import { type CollectedOutput, FeedbackCollector } from '../../../src/rlm/validator/feedbackCollector.ts';

function collect(stdout: string, stderr = ''): CollectedOutput {
  const collector = new FeedbackCollector();
  collector.push('stdout', Buffer.from(stdout));
  collector.push('stderr', Buffer.from(stderr));
  return collector.finish();
}

describe('the lines that look like errors', () => {
  it('are the first 20, from both streams, without colours and repetitions', () => {
    const failures = Array.from(
      { length: 30 },
      (_, at) => `\u001b[31mnot ok\u001b[0m - ${'x'.repeat(at + 1)}\n`,
    );
    const { firstErrors } = collect(
      `fine\n${failures.slice(0, 3).join('')}not ok - xx\n${failures.join('')}`,
      'sh: foo: not found\nError: late\n',
    );
    expect(firstErrors).toHaveLength(20);
    expect(firstErrors.slice(0, 4)).toEqual(['not ok - x', 'not ok - xx', 'not ok - xxx', 'not ok - xxxx']);
    expect(collect('ok 1\n', 'fine\nError: late').firstErrors).toEqual(['Error: late']);
  });

  it('are cut at 300 characters', () => {
    const [line] = collect(`Error: ${'é'.repeat(500)}\n`).firstErrors;
    expect(line).toBe(`Error: ${'é'.repeat(292)}…`);
  });

  it('are found at the end of an output that is too long to be looked through', () => {
    const { firstErrors } = collect(`${'line of noise\n'.repeat(150_000)}AssertionError: 1 == 2\n# fail 1\n`);
    expect(firstErrors).toEqual(['AssertionError: 1 == 2', '# fail 1']);
  });
});

describe('the end', () => {
  it('is the whole of a short output, cleaned for reading', () => {
    expect(collect('\u001b[1mone\u001b[0m\r\n50%\r100%\r\n\tlast\u0007\n\n')).toMatchObject({
      end: 'one\n100%\n\tlast',
      bytes: 31,
    });
    expect(collect('')).toMatchObject({ end: '', bytes: 0, firstErrors: [] });
  });

  it('has at most 8000 characters, from the beginning of a line where possible', () => {
    const numbered = Array.from({ length: 5000 }, (_, at) => `line ${at}`).join('\n');
    const { end } = collect(numbered);
    expect(end.length).toBeLessThanOrEqual(8000);
    expect(end.length).toBeGreaterThan(7900);
    expect(end).toMatch(/^line \d+\n[^]*\nline 4999$/);
    expect(collect('😀'.repeat(10_000)).end).toHaveLength(8000);
  });

  it('does not take long for a hostile output', () => {
    const started = performance.now();
    collect(`${'\r'.repeat(60_000)}x`);
    collect(`x\ry\n${'z'.repeat(60_000)}`);
    collect(`${'1'.repeat(60_000)}\n${'a1'.repeat(30_000)}\n${'( '.repeat(30_000)}`);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('the signature', () => {
  const report = (options: { failing: string; ms: number; order?: boolean }): string => {
    const files = [`PASS a.test.js (${options.ms} ms)`, 'PASS b.test.js'];
    if (options.order) files.reverse();
    return `${files.join('\n')}\nnot ok 3 - ${options.failing}\n  at /tmp/run-${options.ms}/x.js:3\n# 1 failed in ${options.ms / 1000}s\n`;
  };

  it('is the same with other timings and another order', () => {
    const one = collect(report({ failing: 'adds', ms: 12 }));
    expect(one.signature).toMatch(/^[0-9a-f]{32}$/);
    expect(collect(report({ failing: 'adds', ms: 1234.5, order: true })).signature).toBe(one.signature);
  });

  it('differs with another failing test', () => {
    const signatures = ['adds', 'subtracts'].map((failing) => collect(report({ failing, ms: 12 })).signature);
    expect(new Set(signatures).size).toBe(2);
  });

  it('does not depend on how the output arrived, nor on which stream came first', () => {
    const whole = collect('Error: one two\nmore\n', 'from stderr\n').signature;
    const collector = new FeedbackCollector();
    for (const piece of ['Err', 'or: one ', 'two\nmo']) collector.push('stdout', Buffer.from(piece));
    collector.push('stderr', Buffer.from('from std'));
    collector.push('stdout', Buffer.from('re\n'));
    collector.push('stderr', Buffer.from('err\n'));
    expect(collector.finish().signature).toBe(whole);
  });

  it('holds for an output that is too long to be looked through', () => {
    const long = (failing: string, number: number): string =>
      `${`request ${number} took ${number} ms\n`.repeat(200_000)}not ok - ${failing}\n`;
    const one = collect(long('adds', 7)).signature;
    expect(collect(long('adds', 123_456)).signature).toBe(one);
    expect(collect(long('subtracts', 7)).signature).not.toBe(one);
  });
});
