import { expect, test } from 'vitest';
import { runProgram } from '../../src/cli/program.ts';
import { COMMANDS } from '../../src/cli/registry.ts';
import { memoryStream } from './present/memoryStream.ts';

/** What a command would get for a command line. The command itself does not run. */
async function optionsOf(...argv: string[]): Promise<Record<string, unknown>> {
  const command = COMMANDS.find(({ definition }) => definition.name === argv[0]);
  if (command === undefined) throw new Error(`no command ${argv[0]}`);
  const { definition, run } = command;
  const seen: Record<string, unknown> = {};
  command.run = (raw) => {
    const specs = { ...definition.arguments, ...definition.options };
    for (const [key, spec] of Object.entries(specs)) seen[key] = spec.read(raw.get(key));
    return Promise.resolve();
  };
  try {
    const stream = memoryStream();
    await runProgram({ argv, env: {}, cwd: '/', stdout: stream, stderr: stream, now: () => new Date() });
  } finally {
    command.run = run;
  }
  return seen;
}

test('start without anything', async () => {
  expect(await optionsOf('start')).toEqual({
    pipeline: undefined,
    task: undefined,
    parentRun: undefined,
    approvalPolicy: undefined,
    target: undefined,
    watch: false,
    format: 'text',
    interactive: undefined,
    graceMs: undefined,
    verbose: false,
    quiet: false,
    agentArgs: [],
    protect: [],
    noCache: false,
    force: false,
  });
});

test('both ways to give a value, flags before and after the argument', async () => {
  const options = await optionsOf(
    'start',
    '--task=0042',
    'docs',
    '--format',
    'json',
    '--grace=0.5',
    '--verbose',
  );
  expect(options).toMatchObject({
    pipeline: 'docs',
    task: '0042',
    format: 'json',
    graceMs: 500,
    verbose: true,
  });
});

test.each([
  ['--interactive', true],
  ['--ui', true],
  ['--no-interactive', false],
])('%s', async (flag, interactive) => {
  expect(await optionsOf('start', flag)).toMatchObject({ interactive });
});

test.each(['--target', '--target-stage'])('%s names the target stage', async (flag) => {
  expect(await optionsOf('start', flag, 'lint')).toMatchObject({ target: 'lint' });
});

test('-- ends the flags', async () => {
  expect(await optionsOf('start', '--', '--odd-name')).toMatchObject({ pipeline: '--odd-name' });
});

test('an empty value is a value', async () => {
  expect(await optionsOf('start', '--task', '')).toMatchObject({ task: '' });
});

test.each([
  [['logs', 'R', 'lint']],
  [['logs', '--run', 'R', 'lint']],
  [['logs', 'lint', '--run', 'R']],
  [['logs', '--run=R', '--stage=lint']],
])('a run and its stage: %j', async (argv) => {
  expect(await optionsOf(...argv)).toMatchObject({ run: 'R', stage: 'lint' });
});

test('numbers and points in time arrive as such', async () => {
  expect(await optionsOf('logs', '--tail', '20')).toMatchObject({ tail: 20 });
  expect(await optionsOf('status', '--interval', '2')).toMatchObject({ intervalMs: 2000 });
  expect(await optionsOf('runs', '--since', '2026-11-22')).toMatchObject({
    sinceMs: Date.parse('2026-11-22'),
  });
});

test.each<[string, Record<string, unknown>]>([
  ['exec npm test --json', { command: ['npm', 'test', '--json'], json: undefined }],
  ['exec --json npm test', { command: ['npm', 'test'], json: 'compact' }],
  ['exec --json pretty npm test', { command: ['npm', 'test'], json: 'pretty' }],
  ['exec --json=pretty -- npm -- x', { command: ['npm', '--', 'x'], json: 'pretty' }],
  ['exec -- --odd', { command: ['--odd'] }],
  ['exec npm --help', { command: ['npm', '--help'] }],
  ['exec --notify a,b --notify=c ls', { command: ['ls'], notify: ['a,b', 'c'] }],
  ['exec', { command: [], notify: [], jsonl: false }],
])('%s', async (line, expected) => {
  expect(await optionsOf(...line.split(' '))).toMatchObject(expected);
});
