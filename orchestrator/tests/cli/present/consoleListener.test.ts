import { expect, test } from 'vitest';
import { createConsoleListener } from '../../../src/cli/present/consoleListener.ts';
import { createStyle } from '../../../src/cli/present/style.ts';
import type { RunEvent } from '../../../src/run/events.ts';
import type { RunStatus } from '../../../src/run/manifestTypes.ts';
import { createProfiler } from '../../../src/run/profile.ts';
import { memoryStream } from './memoryStream.ts';
import { RUN_DIR, RUN_ID, runScript } from './runEvents.ts';

function shown(
  events: RunEvent[],
  flags: { verbose?: boolean; quiet?: boolean; output?: 'grouped' | 'stream'; env?: NodeJS.ProcessEnv } = {},
): string[] {
  const { env = {}, ...options } = flags;
  const stream = memoryStream();
  const listener = createConsoleListener({
    stream,
    style: createStyle(stream, env),
    version: '0.1.0',
    verbose: false,
    quiet: false,
    output: 'stream',
    clock: () => 0,
    ...options,
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
    '[1/2] build: cancelled, 1.2 s, SIGINT',
    '',
    '  ✗ build  cancelled  1.2 s  SIGINT',
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

test('--verbose says at the end what the run cost beyond its stages', async () => {
  const clock = { nowMs: 0 };
  const profiler = createProfiler(() => clock.nowMs);
  clock.nowMs = 12;
  profiler.enter('stages');
  clock.nowMs = 100;
  profiler.enter('finish');
  await profiler.measure('metrics', async () => void (clock.nowMs += 4));
  profiler.activity.replaces.manifest = { count: 3, bytes: 30_000 };
  profiler.activity.appends.journal = { count: 24, bytes: 11_400 };
  profiler.activity.fsyncs = { files: 5, directories: 4 };
  const run = runScript();
  const started = [run.started(['build']), run.stageStarted(1), run.stageCompleted(1)];
  const before = '  Profile:  12 ms before the first stage, 4 ms after the last (metrics 4 ms)';
  const ending = () =>
    shown(
      [
        ...started,
        run.completed(
          'succeeded',
          1300,
          null,
          '',
          profiler.profile({ run_id: RUN_ID, status: 'succeeded' }, false),
        ),
      ],
      { verbose: true },
    ).at(-1);
  expect(ending()).toBe(`${before} · 3 manifest writes, 24 journal lines, 9 fsyncs, 41 kB`);

  profiler.activity.locks = { acquired: 4, taken_over: 0, waits: 2, waited_ms: 149.7 };
  profiler.activity.appends.stage_logs = { count: 9, bytes: 1_234_567_890 };
  expect(ending()).toBe(
    `${before} · 3 manifest writes, 24 journal lines, 9 fsyncs, 1.2 GB, 150 ms waiting for locks`,
  );
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

const LOOP_HEADER = `codex-orchestrator 0.1.0 · rlm · 1 stage · run ${RUN_ID}`;
const LOOP_STAGE = { id: 'rlm-runner', builtin: true };
const STATE = `  State:    ${RUN_DIR}/rlm/state.json`;

test('a loop speaks as it goes and says first of all whether it reached its goal', () => {
  const run = runScript({ pipelineId: 'rlm' });
  const events = [
    run.started([LOOP_STAGE]),
    run.stageStarted(1),
    run.output(1, 'Goal: make the tests pass\nIterat'),
    run.loop(1),
    run.output(1, 'ion 1 of 88\n  agent: answered after 12 s\n\u001b[2Jlast'),
    run.stageCompleted(1, { summary: 'Goal reached: the validator passed in iteration 1 of 88.' }),
    run.completed('succeeded', 1300),
  ];
  expect(shown(events)).toEqual([
    LOOP_HEADER,
    '[1/1] rlm-runner: started',
    '  Goal: make the tests pass',
    '  Iteration 1 of 88',
    '    agent: answered after 12 s',
    '  last',
    '[1/1] rlm-runner: succeeded, 1.2 s',
    '',
    '  ✓ rlm-runner  succeeded  1.2 s',
    '',
    'Goal reached: the validator passed in iteration 1 of 88.',
    'Run succeeded in 1.3 s.',
    STATE,
    ...PATHS,
  ]);
  expect(shown(events, { quiet: true })).toEqual([
    'Goal reached: the validator passed in iteration 1 of 88.',
    'Run succeeded in 1.3 s.',
    STATE,
    ...PATHS,
  ]);
});

test('a loop that failed does not repeat its output; its warnings stand out', () => {
  const run = runScript({ pipelineId: 'rlm' });
  const events = [
    run.started([LOOP_STAGE]),
    run.stageStarted(1),
    run.output(1, 'Iteration 2 of 2\n'),
    run.stageCompleted(1, {
      status: 'failed',
      exitCode: 3,
      outputTail: 'Iteration 2 of 2\n',
      summary:
        'Goal not reached: 2 of 2 iterations used, the validator still fails (exit code 1).\nFiles that the validator depends on changed: test/add.test.js',
    }),
    run.completed('failed', 1500, 'stage:rlm-runner:failed'),
  ];
  expect(shown(events).slice(2)).toEqual([
    '  Iteration 2 of 2',
    '[1/1] rlm-runner: failed, 1.2 s, exit code 3',
    '',
    '  ✗ rlm-runner  failed  1.2 s  exit code 3',
    '',
    'Goal not reached: 2 of 2 iterations used, the validator still fails (exit code 1).',
    'warning: Files that the validator depends on changed: test/add.test.js',
    'Run failed after 1.5 s in rlm-runner.',
    STATE,
    ...PATHS,
    RESUME,
  ]);
});

test('the end of a loop is red, yellow when it was cancelled, and only bold when it reached its goal', () => {
  const last = (facts: Parameters<ReturnType<typeof runScript>['stageCompleted']>[1], status: RunStatus) => {
    const run = runScript({ pipelineId: 'rlm' });
    const stage = run.stageCompleted(1, { summary: 'How it ended.\nBeware.', ...facts });
    const events = [run.started([LOOP_STAGE]), run.stageStarted(1), stage, run.completed(status, 10)];
    return shown(events, { env: { FORCE_COLOR: '1' } }).filter((line) => /ended|Beware/.test(line));
  };
  const warning = '\u001b[33mwarning: Beware.\u001b[39m';
  expect(last({}, 'succeeded')).toEqual(['\u001b[1mHow it ended.\u001b[22m', warning]);
  const failed = { status: 'failed', exitCode: 3 } as const;
  expect(last(failed, 'failed')).toEqual(['\u001b[31mHow it ended.\u001b[39m', warning]);
  expect(last({ ...failed, exitCode: 130 }, 'cancelled')).toEqual([
    '\u001b[33mHow it ended.\u001b[39m',
    warning,
  ]);
});

const VALIDATOR_LOG = `${RUN_DIR}/rlm/validator-2.log`;
const AGENT_LOG = `${RUN_DIR}/rlm/agent-3.jsonl`;

/** How the end of a loop is shown. */
function loopEnd(
  facts: { status: string; exitCode: number; validatorLog?: string | null; agentLog?: string | null },
  summary: string,
): string[] {
  const { status, exitCode, validatorLog = null, agentLog = null } = facts;
  const run = runScript({ pipelineId: 'rlm' });
  const isCancelled = status === 'cancelled';
  const events = [
    run.started([LOOP_STAGE]),
    run.stageStarted(1),
    run.loop(1, { phase: 'ended', ending: { status, validatorLog, agentLog } }),
    run.stageCompleted(1, { status: 'failed', exitCode, summary }),
    run.completed(
      isCancelled ? 'cancelled' : 'failed',
      1500,
      null,
      isCancelled ? `${summary}\nCancelled (SIGTERM) by kim: enough.` : undefined,
    ),
  ];
  return shown(events).slice(2);
}

test('a loop that used up its budget names the output of its validator and the flag for more', () => {
  const flags = ['max_iterations', 'max_minutes', 'max_tokens'].map((status) =>
    loopEnd({ status, exitCode: 3, validatorLog: VALIDATOR_LOG }, 'Goal not reached.').at(-1),
  );
  expect(flags).toEqual([
    `  Resume:    codex-orchestrator resume --run ${RUN_ID} --max-iterations <more>`,
    `  Resume:    codex-orchestrator resume --run ${RUN_ID} --max-minutes <more>`,
    `  Resume:    codex-orchestrator resume --run ${RUN_ID} --max-tokens <more>`,
  ]);
});

test('a loop whose agent failed names the output of both', () => {
  const facts = { status: 'error', exitCode: 10, validatorLog: VALIDATOR_LOG, agentLog: AGENT_LOG };
  expect(loopEnd(facts, 'Failed in iteration 3 of 88: codex: no credit.').slice(-8)).toEqual([
    'Failed in iteration 3 of 88: codex: no credit.',
    'Run failed after 1.5 s in rlm-runner.',
    `  Validator: ${VALIDATOR_LOG}`,
    `  Agent:     ${AGENT_LOG}`,
    `  State:     ${RUN_DIR}/rlm/state.json`,
    `  Manifest:  ${RUN_DIR}/manifest.json`,
    `  Log:       ${RUN_DIR}/runner.ndjson`,
    `  Resume:    codex-orchestrator resume --run ${RUN_ID}`,
  ]);
});

test('a loop that refused its options is not offered again', () => {
  for (const [status, exitCode] of [
    ['no_validator', 2],
    ['invalid_config', 5],
  ] as const) {
    const lines = loopEnd({ status, exitCode }, 'Not started: no.');
    expect(lines.at(-1)).toBe(`  Log:      ${RUN_DIR}/runner.ndjson`);
  }
});

test('a loop that was cancelled did not fail, and who cancelled it is said', () => {
  const facts = { status: 'cancelled', exitCode: 143, validatorLog: VALIDATOR_LOG };
  expect(loopEnd(facts, 'Cancelled in iteration 3 of 88 (SIGTERM).')).toEqual([
    '[1/1] rlm-runner: cancelled, 1.2 s, in iteration 3 of 88 (SIGTERM)',
    '',
    '  ✗ rlm-runner  cancelled  1.2 s  in iteration 3 of 88 (SIGTERM)',
    '',
    'Cancelled in iteration 3 of 88 (SIGTERM).',
    'Run cancelled after 1.5 s by kim: enough.',
    STATE,
    ...PATHS,
    RESUME,
  ]);
});

/** A run whose child run, the stage `fix`, is a loop. */
function loopInChild(
  facts: Parameters<ReturnType<typeof runScript>['stageCompleted']>[1],
  status: RunStatus,
  childSummary: string | null = null,
): string[] {
  const childId = '2026-11-22T12-46-42-000Z-00000001';
  const run = runScript();
  const child = runScript({ runId: childId, depth: 1, pipelineId: 'rlm' });
  const stage = status === 'succeeded' ? {} : ({ status: 'failed', exitCode: null } as const);
  const outcome = { kind: 'subpipeline', subRunId: childId, summary: childSummary, ...stage } as const;
  const events = [
    run.started([{ id: 'fix', kind: 'subpipeline' }]),
    run.stageStarted(1),
    child.started([LOOP_STAGE]),
    child.stageStarted(1),
    child.stageCompleted(1, facts),
    child.completed(status, 1250),
    run.stageCompleted(1, outcome),
    run.completed(status, 1500),
  ];
  return shown(events).slice(4);
}

test('the end of a loop in a child run is said, with what to be warned of', () => {
  const summary = 'Goal reached: the validator passed in iteration 1 of 88.\nValidator passed, but …';
  expect(loopInChild({ summary }, 'succeeded').slice(-5)).toEqual([
    'fix: Goal reached: the validator passed in iteration 1 of 88.',
    '  warning: Validator passed, but …',
    'Run succeeded in 1.5 s.',
    ...PATHS,
  ]);
});

test('a loop in a child run that was cancelled', () => {
  const summary = 'Cancelled in iteration 1 of 88 (SIGINT).';
  const facts = { status: 'failed', exitCode: 130, summary } as const;
  expect(loopInChild(facts, 'cancelled', `${summary}\nCancelled (SIGINT).`)).toEqual([
    '  [1/1] rlm-runner: cancelled, 1.2 s, in iteration 1 of 88 (SIGINT)',
    '[1/1] fix: cancelled, 1.2 s',
    '',
    '  ✗ fix           cancelled  1.2 s  run 2026-11-22T12-46-42-000Z-00000001',
    '  ✗   rlm-runner  cancelled  1.2 s  in iteration 1 of 88 (SIGINT)',
    '',
    'fix: Cancelled in iteration 1 of 88 (SIGINT).',
    'Run cancelled after 1.5 s.',
    ...PATHS,
    RESUME,
  ]);
});

test('the failed loop of a child run has a block of its own, without its output', () => {
  const childId = '2026-11-22T12-46-42-000Z-00000001';
  const run = runScript();
  const child = runScript({ runId: childId, depth: 1, pipelineId: 'rlm' });
  const events = [
    run.started([{ id: 'fix', kind: 'subpipeline' }]),
    run.stageStarted(1),
    child.started([LOOP_STAGE]),
    child.stageStarted(1),
    child.output(1, 'Iteration 1 of 1\n'),
    child.stageCompleted(1, {
      status: 'failed',
      exitCode: 3,
      summary: 'Goal not reached: no progress.\nBeware.',
      outputTail: 'Iteration 1 of 1\n',
    }),
    child.completed('failed', 1250),
    run.stageCompleted(1, { kind: 'subpipeline', status: 'failed', exitCode: null, subRunId: childId }),
    run.completed('failed', 1500),
  ];
  const lines = shown(events);
  expect(lines).toContain('    Iteration 1 of 1');
  expect(lines.slice(11)).toEqual([
    'rlm-runner: exit code 3.',
    '  Goal not reached: no progress.',
    '  warning: Beware.',
    `  State: ${RUN_DIR}/rlm/state.json`,
    `  Log:   ${RUN_DIR}/commands/01-rlm-runner.ndjson`,
    '',
    'Run failed after 1.5 s in fix.',
    ...PATHS,
    RESUME,
  ]);
});

test('a loop that left no words, and one that never began', () => {
  const run = runScript({ pipelineId: 'rlm' });
  const begin = [run.started([LOOP_STAGE, 'test']), run.stageStarted(1)];
  const failed = run.stageCompleted(1, { status: 'failed', exitCode: 10 });
  const lines = shown([...begin, failed, run.completed('failed', 20)]);
  expect(lines).toContain('rlm-runner: exit code 10.');
  expect(lines).toContain(STATE);
  expect(shown([run.started([LOOP_STAGE]), run.completed('cancelled', 20)])).not.toContain(STATE);
});

test('--verbose shows what the agent does, each action once', () => {
  const run = runScript({ pipelineId: 'rlm' });
  const events = [
    run.started([LOOP_STAGE]),
    run.stageStarted(1),
    run.loop(1, { action: '$ npm test' }),
    run.loop(1, { action: '$ npm test', tokens: 5 }),
    run.output(1, 'Iteration 1 of 88\n'),
    run.loop(1, { action: null }),
    run.loop(1, { action: 'edits\u001b]0;x\u0007 src/add.js\r' }),
  ];
  expect(shown(events, { verbose: true }).slice(2)).toEqual([
    '    $ npm test',
    '  Iteration 1 of 88',
    '    edits src/add.js\\x0d',
  ]);
  expect(shown(events).slice(2)).toEqual(['  Iteration 1 of 88']);
  expect(shown(events, { verbose: true, quiet: true })).toEqual([]);
});

test('output of stages side by side is told one after the other when grouped', () => {
  const run = runScript();
  const events = [
    run.started(['build', 'lint']),
    run.stageStarted(1),
    run.stageStarted(2),
    run.output(2, 'checking\n'),
    run.output(1, 'building\n'),
    run.output(2, 'fine\n'),
    run.stageCompleted(1),
    run.stageCompleted(2),
  ];
  const said = (output: 'grouped' | 'stream') =>
    shown(events, { verbose: true, output }).filter((line) => line.includes(' | '));
  expect(said('stream')).toEqual(['lint | checking', 'build | building', 'lint | fine']);
  expect(said('grouped')).toEqual(['lint | checking', 'lint | fine', 'build | building']);
});
