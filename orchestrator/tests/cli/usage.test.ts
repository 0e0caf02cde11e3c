import { expect, test } from 'vitest';
import { runMain } from './runMain.ts';

test.each([
  ['statr', 'Unknown command "statr". Did you mean "start"?', ''],
  ['frobnicate', 'Unknown command "frobnicate".', ''],
  ["it's", `Unknown command "it's".`, ''],
  ['-x', 'Unknown flag "-x" for codex-orchestrator.', ''],
  ['--versoin', 'Unknown flag "--versoin" for codex-orchestrator. Did you mean "--version"?', ''],
  ['help strat', 'Unknown command "strat". Did you mean "start"?', ''],
  ['start --formt json', 'Unknown flag "--formt" for start. Did you mean "--format"?', 'start '],
  ['start --formt=json', 'Unknown flag "--formt" for start. Did you mean "--format"?', 'start '],
  [
    'start --no-interactiv',
    'Unknown flag "--no-interactiv" for start. Did you mean "--no-interactive"?',
    'start ',
  ],
  [
    'start --target-stag x',
    'Unknown flag "--target-stag" for start. Did you mean "--target-stage"?',
    'start ',
  ],
  [
    'start --format jsn',
    'Invalid value "jsn" for --format: expected text or json. Did you mean "json"?',
    'start ',
  ],
  ['start --format', 'Missing value for --format <format>.', 'start '],
  ['start a b', 'Too many arguments for start: expected at most 1, got 2.', 'start '],
  [
    'start --grace soon',
    'Invalid value "soon" for --grace: expected a number of seconds, such as 5 or 0.5.',
    'start ',
  ],
  ['self-check now', 'Too many arguments for self-check: expected none, got 1.', 'self-check '],
  ['logs --run a b c', 'Too many arguments: "c" is one too many.', 'logs '],
  ['logs --tail -1', 'Invalid value "-1" for --tail: expected a whole number, such as 20.', 'logs '],
  [
    'runs --since yesterday',
    'Invalid value "yesterday" for --since: expected an age such as 2h or 7d, or a date such as 2026-11-22.',
    'runs ',
  ],
  ['completion', 'Missing argument <shell> for completion.', 'completion '],
  [
    'completion bsh',
    'Invalid value "bsh" for shell: expected bash, zsh or fish. Did you mean "bash"?',
    'completion ',
  ],
  ['exec --jsn ls', 'Unknown flag "--jsn" for exec. Did you mean "--json"?', 'exec '],
])('%s', async (line, message, command) => {
  const hint = `Run \`codex-orchestrator ${command}--help\` for what is possible.`;
  expect(await runMain(line.split(' '))).toEqual({
    code: 64,
    stdout: '',
    stderr: `error: ${message}\n${hint}\n`,
  });
});

test('with JSON asked for, the mistake is also one document on stdout', async () => {
  const { code, stdout, stderr } = await runMain(['start', '--nope', '--format', 'json']);
  const message =
    'Unknown flag "--nope" for start.\nRun `codex-orchestrator start --help` for what is possible.';
  expect(code).toBe(64);
  expect(stderr).toBe(`error: ${message}\n`);
  expect(JSON.parse(stdout)).toEqual({ error: { kind: 'usage', message }, exit_code: 64 });
});

test('with JSON lines asked for, the document is one line', async () => {
  const { code, stdout } = await runMain(['exec', '--json=ugly', 'ls']);
  expect(code).toBe(64);
  expect(stdout.split('\n')).toEqual([expect.stringContaining('Invalid value \\"ugly\\" for --json'), '']);
  expect(JSON.parse(stdout)).toMatchObject({ error: { kind: 'usage' }, exit_code: 64 });
});

test.each([
  ['restor', 'restor'],
  ['Restroe', 'Restroe'],
])('a lone word for rlm that looks like its command: %s', async (word, quoted) => {
  const { code, stderr } = await runMain(['rlm', word]);
  expect(code).toBe(64);
  expect(stderr.split('\n')[0]).toBe(
    `error: "${word}" alone looks like a command; as a goal it is given by --goal ${quoted}. Did you mean "rlm restore"?`,
  );
});

test.each([
  [
    '--max-iterations=3x',
    'Invalid value "3x" for --max-iterations: expected a whole number such as 20, or "unlimited", "unbounded", "infinite" or "infinity" (0 means the same).',
  ],
  [
    '--max-minutes=-1',
    'Invalid value "-1" for --max-minutes: expected a number of minutes such as 90 or 0.5 (0 means no limit).',
  ],
  [
    '--iteration-minutes=',
    'Invalid value "" for --iteration-minutes: expected a number of minutes such as 15 or 0.5 (0 means no limit).',
  ],
  [
    '--max-tokens=1e6',
    'Invalid value "1e6" for --max-tokens: expected a whole number of tokens such as 2000000 (0 means no limit).',
  ],
])('resume %s is refused before it looks for the run', async (flag, message) => {
  const { code, stderr } = await runMain(['resume', flag]);
  expect(code).toBe(64);
  expect(stderr.split('\n')[0]).toBe(`error: ${message}`);
});

test('a root that is not there is refused by every command that would use it', async () => {
  const env = { CODEX_ORCHESTRATOR_ROOT: '/nope' };
  for (const argv of [['start'], ['rlm', 'fix it'], ['status'], ['exec', 'true'], ['init', '--print']]) {
    const { code, stderr } = await runMain(argv, { env });
    expect(code).toBe(64);
    expect(stderr.split('\n')[0]).toBe('error: CODEX_ORCHESTRATOR_ROOT names /nope, which is no folder.');
  }
});

test.each([
  ['status', 'look for the run in this task only (default: in every task)'],
  ['rlm restore', 'look for the run in this task only (default: in every task)'],
  ['start', 'task the run belongs to (default: MCP_RUNNER_TASK_ID, else 0101)'],
])('what --task of %s means', async (name, meaning) => {
  const { stdout } = await runMain([...name.split(' '), '--help']);
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain(`--task <id> ${meaning}`);
});

test.each([['help'], ['--help'], ['-h'], []])(
  '%s shows the help of the program',
  async (...argv: string[]) => {
    const { code, stdout, stderr } = await runMain(argv);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('Usage: codex-orchestrator <command> [options]\n');
    expect(stdout).toContain(
      '   77  refused: wrong resume token, run already over, file exists, nobody said yes\n',
    );
    expect(stdout).toContain('  MCP_RUNNER_TASK_ID               the same as --task\n');
    expect(stdout).not.toContain('__complete');
  },
);

test.each([
  ['start', '--help'],
  ['start', '-h', '--nonsense'],
  ['help', 'start'],
])('%s %s shows the help of a command and runs nothing', async (...argv: string[]) => {
  const { code, stdout, stderr } = await runMain(argv);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toContain('Usage: codex-orchestrator start [options] [pipeline]\n');
  expect(stdout).toContain('  --grace <seconds> ');
  expect(stdout).toContain('Examples:\n  codex-orchestrator start\n');
});

test.each(['--version', '-v', 'version'])('%s prints the version', async (word) => {
  const { code, stdout } = await runMain([word]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\S*\n$/);
});
