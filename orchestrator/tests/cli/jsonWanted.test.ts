import { expect, test } from 'vitest';
import { jsonWanted } from '../../src/cli/jsonWanted.ts';

test.each<[string, ReturnType<typeof jsonWanted>]>([
  ['start', null],
  ['start --format json', 'document'],
  ['start --format=json --nonsense', 'document'],
  ['start --format json --format text', null],
  ['start --format', null],
  ['start -- --format json', null],
  ['exec eslint --format json', null],
  ['exec --json eslint', 'line'],
  ['exec --json=pretty eslint', 'document'],
  ['exec --json pretty eslint', 'document'],
  ['exec --jsonl eslint', 'line'],
  ['exec -- --json', null],
])('%s', (line, expected) => {
  expect(jsonWanted(line.split(' '))).toBe(expected);
});
