import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLiveView } from '../../../src/cli/present/liveView.ts';
import { createStyle } from '../../../src/cli/present/style.ts';
import { fakeTerminal } from './fakeTerminal.ts';
import { RUN_DIR, RUN_ID, runScript } from './runEvents.ts';

let nowMs = 0;

beforeEach(() => {
  nowMs = 0;
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Lets time pass as the clock and the redraw timer see it. */
function pass(ms: number): void {
  for (let left = ms; left > 0; left -= 100) {
    nowMs += 100;
    vi.advanceTimersByTime(100);
  }
}

function live({ columns = 80, rows = 24, verbose = false, saysNoSize = false } = {}) {
  const terminal = fakeTerminal({ columns, rows });
  if (saysNoSize) Object.defineProperties(terminal, { columns: { value: 0 }, rows: { value: 0 } });
  const style = createStyle(terminal, { TERM: 'xterm' });
  const view = createLiveView({
    stream: terminal,
    style,
    version: '0.1.0',
    verbose,
    output: 'stream',
    quiet: false,
    clock: () => nowMs,
  });
  return { terminal, ...view };
}

const HEADER = `codex-orchestrator 0.1.0 · diagnostics · 3 stages · run ${RUN_ID}`;

test('a terminal that was never given a size has one of 80 columns', () => {
  const run = runScript();
  const { terminal, listener } = live({ columns: 120, saysNoSize: true });
  listener(run.started(['build', 'lint', 'test']));
  listener(run.stageStarted(1));
  pass(200);
  expect(terminal.screen().slice(0, 3)).toEqual([HEADER, '', '  ⠹ build  running  0.2 s']);
});

test('running stages turn and count, finished ones keep their time, the table stays at the end', () => {
  const run = runScript();
  const { terminal, listener } = live({ columns: 120 });
  listener(run.started(['build', 'lint', 'test']));
  listener(run.stageStarted(1));
  expect(terminal.screen()).toEqual([
    HEADER,
    '',
    '  ⠋ build  running  0.0 s',
    '  · lint   waiting',
    '  · test   waiting',
  ]);
  pass(1300);
  expect(terminal.screen()[2]).toBe('  ⠸ build  running  1.3 s');

  listener(run.stageCompleted(1, { durationMs: 1310 }));
  listener(run.stageStarted(2));
  listener(run.retrying(2, 2, 2, 'exit code 1'));
  expect(terminal.screen()).toEqual([
    HEADER,
    '[2/3] lint: attempt 2 of 2 (exit code 1)',
    '',
    '  ✓ build  succeeded  1.3 s',
    '  ⠸ lint   running    0.0 s  attempt 2',
    '  · test   waiting',
  ]);

  listener(run.stageCompleted(2, { status: 'failed', exitCode: 1, durationMs: 20, outputTail: 'bad\n' }));
  listener(run.completed('failed', 1400));
  const end = [
    HEADER,
    '[2/3] lint: attempt 2 of 2 (exit code 1)',
    '',
    '  ✓ build  succeeded  1.3 s',
    '  ✗ lint   failed     20 ms  exit code 1, 2 attempts',
    '  · test   not run',
    '',
    'lint: exit code 1, 2 attempts. Its output:',
    '  | bad',
    `  Log:  ${RUN_DIR}/commands/02-lint.ndjson`,
    `  Show: codex-orchestrator logs ${RUN_ID} lint`,
    '',
    'Run failed after 1.4 s in lint.',
    `  Manifest: ${RUN_DIR}/manifest.json`,
    `  Log:      ${RUN_DIR}/runner.ndjson`,
    `  Resume:   codex-orchestrator resume --run ${RUN_ID}`,
  ];
  expect(terminal.screen()).toEqual(end);
  pass(1000);
  expect(terminal.screen()).toEqual(end);
});

test('lines are cut to the window, so that none wraps', () => {
  const run = runScript();
  const { terminal, listener } = live({ columns: 24 });
  listener(run.started([`a-${'very-'.repeat(10)}long-id`, '漢字漢字漢字漢字漢字漢字']));
  listener(run.stageStarted(1));
  pass(300);
  const table = terminal.screen().slice(-2);
  expect(table).toEqual(['  ⠸ a-very-very…  runn…', '  · 漢字漢字漢…   wait…']);
});

test('a window made narrower leaves nothing of the old frame', () => {
  const run = runScript();
  const { terminal, listener } = live({ columns: 100 });
  listener(run.started(['build', 'a-stage-with-a-rather-long-name', 'test']));
  listener(run.stageStarted(1));
  pass(200);
  terminal.resize(30);
  pass(100);
  const screen = terminal.screen();
  expect(screen.filter((line) => line.includes('build'))).toEqual(['  ⠸ build         running  0…']);
  expect(screen.filter((line) => line.includes('test'))).toHaveLength(1);
});

test('a pipeline higher than the window shows the part that runs', () => {
  const run = runScript();
  const { terminal, listener } = live({ columns: 120, rows: 6 });
  const ids = Array.from({ length: 20 }, (_, index) => `stage-${index + 1}`);
  listener(run.started(ids));
  for (let index = 1; index <= 9; index += 1) {
    listener(run.stageStarted(index));
    listener(run.stageCompleted(index));
  }
  listener(run.stageStarted(10));
  pass(500);
  expect(terminal.screen()).toEqual([
    `codex-orchestrator 0.1.0 · diagnostics · 20 stages · run ${RUN_ID}`,
    '  ✓ stage-9   succeeded  1.2 s',
    '  ⠴ stage-10  running    0.5 s',
    '  · stage-11  waiting',
    '  · stage-12  waiting',
    '  · stage-13  waiting',
  ]);
  listener(run.completed('cancelled', 900));
  expect(terminal.screen().slice(1, 23)).toHaveLength(22);
  expect(terminal.screen().filter((line) => line.includes('stage-20'))).toEqual(['  · stage-20  not run']);
});

test('--verbose puts output above the table', () => {
  const run = runScript();
  const { terminal, listener } = live({ columns: 120, verbose: true });
  listener(run.started(['build']));
  listener(run.stageStarted(1));
  listener(run.output(1, 'one\ntwo'));
  listener(run.stageCompleted(1));
  expect(terminal.screen().slice(1)).toEqual([
    'build | one',
    'build | two',
    '',
    '  ✓ build  succeeded  1.2 s',
  ]);
});

test('the cursor is never hidden and nothing is drawn after close', () => {
  const run = runScript();
  const { terminal, listener, close } = live();
  const written: string[] = [];
  const { write } = terminal;
  terminal.write = (data) => {
    written.push(String(data));
    return write(data);
  };
  listener(run.started(['build']));
  listener(run.stageStarted(1));
  pass(500);
  close();
  close();
  const before = terminal.writes();
  pass(1000);
  expect(terminal.writes()).toBe(before);
  expect(written.join('')).not.toContain('\u001b[?');
  expect(vi.getTimerCount()).toBe(0);
});

test('nothing is written while nothing changes', () => {
  const run = runScript();
  const { terminal, listener } = live();
  listener(run.started(['build']));
  const before = terminal.writes();
  pass(1000);
  expect(terminal.writes()).toBe(before);
});

const LOOP_STAGE = { id: 'rlm-runner', builtin: true };

test('a loop speaks above the frame, which shows how it stands; its time runs on between events', () => {
  const run = runScript({ pipelineId: 'rlm' });
  const { terminal, listener } = live({ columns: 120 });
  listener(run.started([LOOP_STAGE, 'pack']));
  listener(run.stageStarted(1));
  expect(terminal.screen().slice(2)).toEqual(['  ⠋ rlm-runner  running  0.0 s', '  · pack        waiting']);
  listener(run.loop(1, { action: null }));
  listener(run.output(1, 'Iteration 3 of 88\n  agent: answ'));
  pass(2000);
  const header = `codex-orchestrator 0.1.0 · rlm · 2 stages · run ${RUN_ID}`;
  expect(terminal.screen()).toEqual([
    header,
    '  Iteration 3 of 88',
    '',
    '  ⠋ rlm-runner  iteration 3 of 88 · agent (codex)                       1m 14s',
    '    iterations ░░░░░░░░░░░░░░░░░░░░   2 of 88 done',
    '    time       ░░░░░░░░░░░░░░░░░░░░   1m 14s of 48h',
    '    tokens     ████░░░░░░░░░░░░░░░░   120k of 500k',
    '    validator  exit code 1 in iteration 2: AssertionError: expected 3',
    '  · pack        waiting',
  ]);

  listener(run.output(1, 'ered after 12 s\n'));
  listener(run.loop(1, { phase: 'ended', action: null, maxMs: null, elapsedMs: 75_000 }));
  pass(5000);
  expect(terminal.screen().slice(1, 7)).toEqual([
    '  Iteration 3 of 88',
    '    agent: answered after 12 s',
    '',
    '  ⠋ rlm-runner  iteration 3 of 88 · ended                               1m 15s',
    '    iterations █░░░░░░░░░░░░░░░░░░░   3 of 88 done',
    '    time       1m 15s',
  ]);

  listener(run.stageCompleted(1, { summary: 'Goal reached: the validator passed in iteration 3 of 88.' }));
  listener(run.stageStarted(2));
  listener(run.stageCompleted(2));
  listener(run.completed('succeeded', 9000));
  expect(terminal.screen()).toEqual([
    header,
    '  Iteration 3 of 88',
    '    agent: answered after 12 s',
    '',
    '  ✓ rlm-runner  succeeded  1.2 s',
    '  ✓ pack        succeeded  1.2 s',
    '',
    'Goal reached: the validator passed in iteration 3 of 88.',
    'Run succeeded in 9.0 s.',
    `  State:    ${RUN_DIR}/rlm/state.json`,
    `  Manifest: ${RUN_DIR}/manifest.json`,
    `  Log:      ${RUN_DIR}/runner.ndjson`,
  ]);
});

test('many changes of a loop between two redraws cost nothing', () => {
  const run = runScript({ pipelineId: 'rlm' });
  const { terminal, listener } = live();
  listener(run.started([LOOP_STAGE]));
  listener(run.stageStarted(1));
  const before = terminal.writes();
  for (let tokens = 0; tokens < 1000; tokens += 1) listener(run.loop(1, { tokens }));
  expect(terminal.writes()).toBe(before);
  pass(100);
  expect(terminal.writes()).toBe(before + 1);
  expect(terminal.screen().join('\n')).toContain('999 of 500k');
});

test('in a low window the beginning of the loop stays in view', () => {
  const run = runScript({ pipelineId: 'rlm' });
  const { terminal, listener } = live({ columns: 120, rows: 6 });
  listener(run.started(['first', LOOP_STAGE, 'pack']));
  listener(run.stageStarted(1));
  listener(run.stageCompleted(1));
  listener(run.stageStarted(2));
  listener(run.loop(2));
  pass(100);
  expect(terminal.screen().slice(1)).toEqual([
    '  ✓ first       succeeded  1.2 s',
    '  ⠙ rlm-runner  iteration 3 of 88 · agent (codex)                       1m 12s',
    '    iterations ░░░░░░░░░░░░░░░░░░░░   2 of 88 done',
    '    time       ░░░░░░░░░░░░░░░░░░░░   1m 12s of 48h',
    '    tokens     ████░░░░░░░░░░░░░░░░   120k of 500k',
  ]);
});

test('the loop of a child run stands indented at its place', () => {
  const run = runScript();
  const child = runScript({ runId: '2026-11-22T12-46-42-000Z-00000001', depth: 1, pipelineId: 'rlm' });
  const { terminal, listener } = live({ columns: 100 });
  listener(run.started([{ id: 'fix', kind: 'subpipeline' }, 'pack']));
  listener(run.stageStarted(1));
  listener(child.started([LOOP_STAGE]));
  listener(run.child(1, '2026-11-22T12-46-42-000Z-00000001'));
  listener(child.stageStarted(1));
  listener(child.output(1, 'Iteration 3 of 88\n'));
  listener(child.loop(1));
  pass(100);
  const screen = terminal.screen();
  expect(screen.slice(1, 5)).toEqual([
    '    Iteration 3 of 88',
    '',
    '  ⠙ fix           running  0.1 s',
    '  ⠙   rlm-runner  iteration 3 of 88 · agent (codex)                     1m 12s',
  ]);
  expect(screen.at(-1)).toBe('  · pack          waiting');
});
