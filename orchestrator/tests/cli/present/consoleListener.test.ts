import { expect, test } from 'vitest';
import { createConsoleListener } from '../../../src/cli/present/consoleListener.ts';
import { createStyle } from '../../../src/cli/present/style.ts';
import type { RunEvent } from '../../../src/run/events.ts';
import { memoryStream } from './memoryStream.ts';
import { RUN_DIR, RUN_ID, runScript } from './runEvents.ts';

function shown(events: RunEvent[], flags: { verbose?: boolean; quiet?: boolean } = {}): string[] {
  const stream = memoryStream();
  const listener = createConsoleListener({
    stream,
    style: createStyle(stream, {}),
    version: '0.1.0',
    verbose: false,
    quiet: false,
    clock: () => 0,
    ...flags,
  });
  for (const event of events) listener(event);
  return stream.text().split('\n').slice(0, -1);
}

const HEADER = `codex-orchestrator 0.1.0 · diagnostics · 2 stages · run ${RUN_ID}`;
const PATHS = [`  Manifest: ${RUN_DIR}/manifest.json`, `  Log:      ${RUN_DIR}/runner.ndjson`];
const RESUME = `  Resume:   codex-orchestrator resume --run ${RUN_ID}`;

test('a run that succeeds', () => {
  const run = runScript();
  const events = [
    run.started(['build', 'test']),
    run.stageStarted(1),
    run.output(1, 'not shown\n'),
    run.stageCompleted(1),
    run.stageStarted(2),
    run.stageCompleted(2, { durationMs: 412 }),
    run.completed('succeeded', 1700),
  ];
  expect(shown(events)).toEqual([
    HEADER,
    '[1/2] build: started',
    '[1/2] build: succeeded, 1.2 s',
    '[2/2] test: started',
    '[2/2] test: succeeded, 412 ms',
    '',
    '  ✓ build  succeeded   1.2 s',
    '  ✓ test   succeeded  412 ms',
    '',
    'Run succeeded in 1.7 s.',
    ...PATHS,
  ]);
});

test('a run that fails shows the last 20 lines of the stage, its log and the next steps', () => {
  const run = runScript();
  const outputTail = `${Array.from({ length: 25 }, (_, index) => `line ${index + 1}`).join('\n')}\n`;
  const failed = { status: 'failed', exitCode: 2, summary: 'Exited with code 2', outputTail } as const;
  const events = [
    run.started(['build', 'test']),
    run.stageStarted(1),
    run.stageCompleted(1, failed),
    run.completed('failed', 1500, 'stage:build:failed'),
  ];
  expect(shown(events)).toEqual([
    HEADER,
    '[1/2] build: started',
    '[1/2] build: failed, 1.2 s, exit code 2',
    '',
    '  ✗ build  failed   1.2 s  exit code 2',
    '  · test   not run',
    '',
    'build: exit code 2. Its last lines:',
    ...Array.from({ length: 20 }, (_, index) => `  | line ${index + 6}`),
    `  Log:  ${RUN_DIR}/commands/01-build.ndjson`,
    `  Show: codex-orchestrator logs ${RUN_ID} build`,
    '',
    'Run failed after 1.5 s in build.',
    ...PATHS,
    RESUME,
  ]);
});

test.each([
  ['a signal', { exitCode: 128, signal: 'SIGSEGV', summary: 'a hint' }, 'ended by SIGSEGV'],
  ['exit code 128 that is no signal', { exitCode: 128, summary: 'Exited with code 128' }, 'exit code 128'],
  [
    'a cancellation',
    { exitCode: 128, signal: 'SIGTERM', summary: 'Cancelled (SIGINT)' },
    'Cancelled (SIGINT)',
  ],
  [
    'a timeout in spite of an exit code',
    { exitCode: 3, summary: 'Timed out after 2 s' },
    'Timed out after 2 s',
  ],
  [
    'a start that failed',
    { exitCode: null, summary: 'Execution error: no such folder' },
    'Execution error: no such folder',
  ],
  ['nothing known', { exitCode: null, summary: null }, 'failed'],
])('why a stage failed: %s', (_name, facts, words) => {
  const run = runScript();
  const events = [
    run.started(['build', 'test']),
    run.stageStarted(1),
    run.stageCompleted(1, { status: 'failed', ...facts }),
    run.completed('failed', 1500),
  ];
  const lines = shown(events);
  expect(lines).toContain(`[1/2] build: failed, 1.2 s, ${words}`);
  expect(lines).toContain(`build: ${words}. It printed nothing.`);
});

test('retries, a flaky success and a tolerated failure', () => {
  const run = runScript();
  const events = [
    run.started(['build', 'test']),
    run.stageStarted(1),
    run.retrying(1, 2, 3, 'exit code 1'),
    run.stageCompleted(1, { flaky: true }),
    run.stageStarted(2),
    run.stageCompleted(2, { status: 'skipped', exitCode: 7 }),
    run.completed('succeeded', 2500),
  ];
  expect(shown(events).slice(1, -4)).toEqual([
    '[1/2] build: started',
    '[1/2] build: attempt 2 of 3 (exit code 1)',
    '[1/2] build: succeeded, 1.2 s, flaky: passed on attempt 2',
    '[2/2] test: started',
    '[2/2] test: skipped, 1.2 s, exit code 7, tolerated',
    '',
    '  ✓ build  succeeded  1.2 s  flaky: passed on attempt 2',
    '  ! test   skipped    1.2 s  exit code 7, tolerated',
  ]);
});

test('a resumed run says what it keeps', () => {
  const run = runScript();
  const events = [
    run.started([{ id: 'build', status: 'succeeded' }, 'test'], true),
    run.stageStarted(2),
    run.stageCompleted(2),
    run.completed('succeeded', 1300),
  ];
  const lines = shown(events);
  expect(lines[0]).toBe(`${HEADER} · resumed, 1 kept`);
  expect(lines.slice(4, 6)).toEqual(['  ✓ build  succeeded before', '  ✓ test   succeeded         1.2 s']);
});

test('a child run is indented, in the table too, and its failure is shown', () => {
  const run = runScript();
  const child = runScript({ runId: '2026-11-22T12-46-42-000Z-00000001', depth: 1, pipelineId: 'docs' });
  const events = [
    run.started([{ id: 'docs', kind: 'subpipeline' }, 'test']),
    run.stageStarted(1),
    child.started(['links']),
    child.stageStarted(1),
    child.stageCompleted(1, { status: 'failed', exitCode: 1, outputTail: 'broken link' }),
    child.completed('failed', 1250),
    run.stageCompleted(1, {
      kind: 'subpipeline',
      status: 'failed',
      exitCode: null,
      subRunId: '2026-11-22T12-46-42-000Z-00000001',
    }),
    run.completed('failed', 1500),
  ];
  expect(shown(events).slice(1, -4)).toEqual([
    '[1/2] docs: started',
    '  docs: 1 stage, run 2026-11-22T12-46-42-000Z-00000001',
    '  [1/1] links: started',
    '  [1/1] links: failed, 1.2 s, exit code 1',
    '[1/2] docs: failed, 1.2 s, failed',
    '',
    '  ✗ docs     failed   1.2 s  run 2026-11-22T12-46-42-000Z-00000001',
    '  ✗   links  failed   1.2 s  exit code 1',
    '  · test     not run',
    '',
    'links: exit code 1. Its output:',
    '  | broken link',
    `  Log:  ${RUN_DIR}/commands/01-links.ndjson`,
    '  Show: codex-orchestrator logs 2026-11-22T12-46-42-000Z-00000001 links',
    '',
  ]);
});

test('a cancelled run says so and how to go on', () => {
  const run = runScript();
  const events = [
    run.started(['build', 'test']),
    run.stageStarted(1),
    run.cancelling('SIGINT', 5000),
    run.stageCompleted(1, {
      status: 'failed',
      exitCode: 130,
      summary: 'Cancelled (SIGINT)',
      outputTail: 'x',
    }),
    run.completed('cancelled', 900, 'cancelled:SIGINT'),
  ];
  expect(shown(events).slice(2)).toEqual([
    'Stopping (SIGINT), at most 5.0 s; press Ctrl-C again to end it at once',
    '[1/2] build: failed, 1.2 s, Cancelled (SIGINT)',
    '',
    '  ✗ build  failed   1.2 s  Cancelled (SIGINT)',
    '  · test   not run',
    '',
    'Run cancelled after 900 ms.',
    ...PATHS,
    RESUME,
  ]);
});

test('--verbose shows output with its stage', () => {
  const run = runScript();
  const events = [run.started(['build']), run.stageStarted(1), run.output(1, 'a\nb'), run.stageCompleted(1)];
  expect(shown(events, { verbose: true }).slice(1)).toEqual([
    '[1/1] build: started',
    'build | a',
    'build | b',
    '[1/1] build: succeeded, 1.2 s',
  ]);
});

test('--quiet leaves warnings and the ending', () => {
  const run = runScript();
  const events = [
    run.started(['build']),
    run.warning('first\nsecond'),
    run.stageStarted(1),
    run.stageCompleted(1),
    run.completed('succeeded', 1300),
  ];
  expect(shown(events, { quiet: true })).toEqual([
    'warning: first',
    '  second',
    'Run succeeded in 1.3 s.',
    ...PATHS,
  ]);
});

test('names of stages cannot draw on the terminal', () => {
  const run = runScript();
  const evil = "a\u001b[2J\u0007 'b'";
  const events = [
    run.started([evil]),
    run.stageStarted(1),
    run.stageCompleted(1, { status: 'failed', exitCode: 1 }),
    run.completed('failed', 10),
  ];
  const lines = shown(events);
  expect(lines[1]).toBe("[1/1] a\\x07 'b': started");
  expect(lines).toContain(String.raw`  Show: codex-orchestrator logs ${RUN_ID} 'a\x07 '\''b'\'''`);
});
