import { expect, it } from 'vitest';
import { scriptCall } from '../../../src/rlm/validator/scriptCall.ts';

it.each([
  ['npm test', 'test', '.', ''],
  ['npm t', 'test', '.', ''],
  ['npm --silent run check -- a.js', 'check', '.', '-- a.js'],
  ['npm run-script --if-present check', 'check', '.', ''],
  ['npm --prefix web test', 'test', 'web', ''],
  ['npm --prefix=web run x', 'x', 'web', ''],
  ['npm -w pkg test', 'test', '.', ''],
  ['npm run test', 'test', '.', ''],
  ['pnpm -C web lint --fix', 'lint', 'web', '--fix'],
  ['pnpm --filter core test', 'test', '.', ''],
  ['yarn vitest run', 'vitest', '.', 'run'],
  ['bun run check', 'check', '.', ''],
])('%j runs the script %j', (command, script, folder, rest) => {
  expect(scriptCall(command.split(' '))).toEqual({
    script,
    folder,
    rest: rest === '' ? [] : rest.split(' '),
  });
});

it.each(['npm', 'npm run', 'npm ci', 'npm exec vitest', 'bun test', 'npx vitest', 'make test', ''])(
  '%j runs none',
  (command) => {
    expect(scriptCall(command.split(' '))).toBeNull();
  },
);
