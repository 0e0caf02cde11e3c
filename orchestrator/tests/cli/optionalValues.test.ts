import { expect, test } from 'vitest';
import { execDefinition } from '../../src/cli/commands/definitions/exec.ts';
import { separateOptionalValues } from '../../src/cli/optionalValues.ts';

test.each([
  ['--json npm test', '--json=compact npm test'],
  ['--json pretty npm test', '--json pretty npm test'],
  ['--json=pretty npm', '--json=pretty npm'],
  ['--json -- npm', '--json=compact -- npm'],
  ['--json --task 1 npm', '--json=compact --task 1 npm'],
  ['--task --json npm --json', '--task --json npm --json'],
  ['npm --json', 'npm --json'],
  ['-- npm --json', '-- npm --json'],
  ['--json', '--json=compact'],
])('%s', (line, expected) => {
  expect(separateOptionalValues(execDefinition, line.split(' ')).join(' ')).toBe(expected);
});
