import { expect, test } from 'vitest';
import { configProblemText } from '../../../src/cli/present/configProblemText.ts';
import type { ConfigProblem, Excerpt } from '../../../src/config/problem.ts';

function problem(changes: Partial<ConfigProblem> = {}): ConfigProblem {
  return {
    severity: 'error',
    file: 'f.json',
    line: 2,
    column: 3,
    path: 'a',
    found: 'found x',
    expected: '',
    ...changes,
  };
}

const excerpt = (text: string, from: number, length: number): Excerpt => ({ text, from, length });

test.each([
  ['only what was found', {}, 'f.json:2:3  error  found x'],
  ['what was expected', { expected: 'expected y' }, 'f.json:2:3  error  found x, expected y'],
  ['the nearest word', { suggestion: 'z' }, 'f.json:2:3  error  found x (did you mean "z"?)'],
  [
    'everything',
    { severity: 'warning' as const, expected: 'expected y', suggestion: 'z' },
    'f.json:2:3  warning  found x, expected y (did you mean "z"?)',
  ],
  [
    'a word with control characters',
    { suggestion: 'z\u001b[2J' },
    'f.json:2:3  error  found x (did you mean "z\ufffd[2J"?)',
  ],
])('a line says %s', (_, changes, line) => {
  expect(configProblemText([problem(changes)]).split('\n')[0]).toBe(line);
});

test.each([
  ['one character', excerpt('{ x }', 2, 1), ['    { x }', '      ^']],
  ['several', excerpt('{ xyz }', 2, 3), ['    { xyz }', '      ~~~']],
  ['the end of the line', excerpt('{', 1, 1), ['    {', '     ^']],
  ['behind tabs, which stay tabs', excerpt('\t\tx', 2, 1), ['    \t\tx', '    \t\t^']],
  [
    'beside control characters',
    excerpt('\u001b[31m\u009b\u202e x', 8, 1),
    ['    \ufffd[31m\ufffd\ufffd x', '            ^'],
  ],
])('the part that is meant is marked: %s', (_, one, lines) => {
  expect(
    configProblemText([problem({ excerpt: one })])
      .split('\n')
      .slice(1, 3),
  ).toEqual(lines);
});

test('a related place comes below, with its own line', () => {
  const related = { line: 1, column: 1, note: 'the first one is here', excerpt: excerpt('ab', 0, 2) };
  expect(configProblemText([problem({ excerpt: excerpt('cd', 0, 2), related })]).split('\n')).toEqual([
    'f.json:2:3  error  found x',
    '    cd',
    '    ~~',
    '  f.json:1:1  the first one is here',
    '    ab',
    '    ~~',
    '',
    '1 error',
  ]);
});

test.each([
  [1, 0, '1 error'],
  [2, 0, '2 errors'],
  [0, 1, '1 warning'],
  [3, 2, '3 errors, 2 warnings'],
])('%i errors and %i warnings are counted at the end', (errors, warnings, line) => {
  const problems = [
    ...Array.from({ length: errors }, () => problem()),
    ...Array.from({ length: warnings }, () => problem({ severity: 'warning' })),
  ];
  expect(configProblemText(problems).split('\n').at(-1)).toBe(line);
});

test('more problems than anybody reads are only counted', () => {
  const text = configProblemText(Array.from({ length: 250 }, () => problem()));
  expect(text.split('\n\n').slice(-2)).toEqual(['… and 150 more', '250 errors']);
  expect(text.match(/found x/g)).toHaveLength(100);
});

test('colours go to the severity, the marks and the note', () => {
  const style = {
    error: (text: string) => `<e>${text}</e>`,
    warning: (text: string) => `<w>${text}</w>`,
    dim: (text: string) => `<d>${text}</d>`,
  };
  const related = { line: 1, column: 1, note: 'note', excerpt: excerpt('ab', 1, 1) };
  const text = configProblemText(
    [problem({ severity: 'warning', excerpt: excerpt('cd', 0, 2), related })],
    style,
  );
  expect(text.split('\n').slice(0, 6)).toEqual([
    'f.json:2:3  <w>warning</w>  found x',
    '    cd',
    '    <w>~~</w>',
    '  f.json:1:1  <d>note</d>',
    '    ab',
    '     <d>^</d>',
  ]);
});
