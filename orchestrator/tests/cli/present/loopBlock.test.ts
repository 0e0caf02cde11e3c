import { describe, expect, test } from 'vitest';
import { cellWidth } from '../../../src/cli/present/cells.ts';
import { loopBlock } from '../../../src/cli/present/loopBlock.ts';
import { createStyle } from '../../../src/cli/present/style.ts';
import type { LoopProgress } from '../../../src/run/loopProgress.ts';
import { memoryStream } from './memoryStream.ts';
import { LOOP } from './runEvents.ts';

function block(
  facts: Partial<LoopProgress> = {},
  { width = 79, elapsedMs = 72_000, env = {}, name = 'rlm-runner' } = {},
): string[] {
  const style = createStyle(memoryStream(), env);
  return loopBlock({ ...LOOP, ...facts }, { style, width, spinner: '⠹', name, elapsedMs });
}

test('where it is, what it has used, what happens, what came last', () => {
  expect(block()).toEqual([
    '  ⠹ rlm-runner  iteration 3 of 88 · agent (codex)                       1m 12s',
    '    iterations ░░░░░░░░░░░░░░░░░░░░   2 of 88 done',
    '    time       ░░░░░░░░░░░░░░░░░░░░   1m 12s of 48h',
    '    tokens     ████░░░░░░░░░░░░░░░░   120k of 500k',
    '    now        $ npm test',
    '    validator  exit code 1 in iteration 2: AssertionError: expected 3',
  ]);
});

test('without limits there are no bars', () => {
  const facts = { maxIterations: 0, maxMs: null, maxTokens: null, validator: null, action: null };
  expect(block({ ...facts, lastResult: null, tokens: 1_234_567 }, { elapsedMs: 450 })).toEqual([
    '  ⠹ rlm-runner  iteration 3 · agent (codex)                              0.4 s',
    '    iterations 2 done',
    '    time       0.4 s',
    '    tokens     1.2M',
    '    validator  none',
  ]);
});

describe('the phase', () => {
  const place = (facts: Partial<LoopProgress>) => block(facts)[0]?.slice(16, -8).trimEnd();

  test.each<[string, Partial<LoopProgress>]>([
    ['starting', { phase: 'starting', iteration: 0 }],
    ['iteration 3 of 88 · planner (codex)', { role: 'planner' }],
    ['iteration 3 of 88 · agent (codex), waiting', { phase: 'waiting' }],
    ['iteration 3 of 88 · validator', { phase: 'validator' }],
    ['iteration 3 of 88 · ended', { phase: 'ended' }],
  ])('%s', (words, facts) => {
    expect(place(facts)).toBe(words);
  });
});

test('while the validator runs, the command itself is what happens until there is output', () => {
  expect(block({ phase: 'validator', action: null })[4]).toBe('    now        $ npm test');
  expect(block({ phase: 'validator', action: 'ok 1 - adds' })[4]).toBe('    now        ok 1 - adds');
});

test('the last result', () => {
  const last = (lastResult: LoopProgress['lastResult']) => block({ lastResult }).at(-1);
  expect(last(null)).toBe('    validator  has not run yet');
  expect(last({ iteration: 3, exitCode: 0, text: '' })).toBe('    validator  passed in iteration 3');
  expect(last({ iteration: 3, exitCode: 2, text: '' })).toBe('    validator  exit code 2 in iteration 3');
});

test('a budget that is nearly used up has a yellow bar, full only at its end', () => {
  const bars = (tokens: number) => block({ tokens, maxTokens: 1000 }, { env: { FORCE_COLOR: '1' } })[3];
  const dim = (text: string) => `\u001b[2m${text}\u001b[22m`;
  expect(bars(899)).toContain(`\u001b[36m${'█'.repeat(17)}\u001b[39m${dim('░░░')}`);
  expect(bars(999)).toContain(`\u001b[33m${'█'.repeat(19)}\u001b[39m${dim('░')}`);
  expect(bars(2000)).toContain(`\u001b[33m${'█'.repeat(20)}\u001b[39m`);
  expect(block({ tokens: 0 })[3]).toBe(`    tokens     ${'░'.repeat(20)}   0 of 500k`);
});

test('the iteration under way is no part of its bar until its validator has run', () => {
  const bar = (facts: Partial<LoopProgress>) => block({ maxIterations: 4, ...facts })[1];
  expect(bar({ iteration: 1, lastResult: null })).toBe(`    iterations ${'░'.repeat(20)}   0 of 4 done`);
  expect(bar({ iteration: 0, phase: 'starting' })).toBe(`    iterations ${'░'.repeat(20)}   0 of 4 done`);
  expect(bar({ phase: 'validator' })).toBe(`    iterations ${'█'.repeat(10)}${'░'.repeat(10)}   2 of 4 done`);
  const lastResult = { iteration: 3, exitCode: 1, text: '' };
  expect(bar({ lastResult })).toBe(`    iterations ${'█'.repeat(15)}${'░'.repeat(5)}   3 of 4 done`);
  expect(bar({ phase: 'ended', iteration: 4 })).toBe(`    iterations ${'█'.repeat(20)}   4 of 4 done`);
});

test('a bar begins with half a cell', () => {
  const first = (tokens: number) => block({ tokens, maxTokens: 1000 })[3]?.slice(15, 17);
  expect([0, 24, 25, 99, 100].map(first)).toEqual(['░░', '░░', '█░', '█░', '██']);
});

test('limits are said without parts that are zero', () => {
  const limit = (minutes: number) => block({ maxMs: minutes * 60_000 })[2]?.split(' of ')[1];
  expect([0.5, 30, 90, 60].map(limit)).toEqual(['30.0 s', '30m', '1h 30m', '1h']);
});

test('a narrow window makes bars shorter, then drops them', () => {
  expect(block({}, { width: 42 })).toEqual([
    '  ⠹ rlm-runner  iteration 3 of 88…  1m 12s',
    '    iterations ░░░░░░░░░░░   2 of 88 done',
    '    time       ░░░░░░░░░░░   1m 12s of 48h',
    '    tokens     ██░░░░░░░░░   120k of 500k',
    '    now        $ npm test',
    '    validator  exit code 1 in iteration 2…',
  ]);
  expect(block({}, { width: 30 }).slice(2, 4)).toEqual([
    '    time       1m 12s of 48h',
    '    tokens     120k of 500k',
  ]);
});

test.each([1, 4, 8, 15, 16, 20, 30, 37, 42, 60, 79, 200])('no line is wider than %i cells', (width) => {
  const wide = '漢字'.repeat(60);
  const facts = {
    action: `${wide}\tand\u001b[2J\nmore`,
    agent: wide,
    lastResult: { iteration: 2, exitCode: 1, text: wide },
  };
  const lines = block(facts, { width, env: { FORCE_COLOR: '1' } });
  expect(lines).toHaveLength(6);
  for (const line of lines) expect(cellWidth(line)).toBeLessThanOrEqual(width);
});

test('foreign text stays in its line and draws nothing', () => {
  const lines = block({ action: 'one\u001b[2J\n\ttwo\u0007', agent: 'my\u001b]0;x\u0007 agent' });
  expect(lines[0]).toContain('agent (my agent)');
  expect(lines[4]).toBe('    now        one two\\x07');
});
