import { afterEach, beforeEach, expect, it } from 'vitest';
import type { LoopReading } from '../../../src/cli/present/loopStatus.ts';
import { statusLines } from '../../../src/cli/present/statusText.ts';
import { createStyle } from '../../../src/cli/present/style.ts';
import type { FinalStatus } from '../../../src/rlm/types.ts';
import type { Liveness } from '../../../src/run/liveness.ts';
import { loopState } from '../../rlm/loop/stateSample.ts';
import { removeRepo, RUN_ID, storeRun, tempRepo, type StoredRunFacts } from '../../run/storedRun.ts';

const MANIFEST = `.runs/0101/cli/${RUN_ID}/manifest.json`;
const NOW_MS = Date.parse('2026-03-01T10:02:00.000Z');
const plain = createStyle({ write: () => true }, {});

let repo: string;
let zone: string | undefined;

beforeEach(async () => {
  repo = await tempRepo();
  zone = process.env['TZ'];
  process.env['TZ'] = 'Asia/Kolkata';
});
afterEach(async () => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
  await removeRepo(repo);
});

it('shows a live run with its stages and nothing to do', async () => {
  const lines = await show(
    {
      stages: [
        { id: 'build', status: 'succeeded' },
        { id: 'publish', status: 'running', kind: 'subpipeline', sub_run_id: 'child-1' },
        { id: 'test', status: 'pending' },
      ],
    },
    { state: 'live', detail: 'running in process 12 on here' },
  );
  expect(lines).toEqual([
    `Run ${RUN_ID}`,
    '  Pipeline:  diagnostics',
    '  Task:      0101',
    '  Status:    in_progress, running in process 12 on here',
    '  Started:   2026-03-01 15:30',
    '  Duration:  2m 00s',
    `  Manifest:  ${MANIFEST}`,
    '',
    '  ✓ build    succeeded   1.5 s',
    '  ▸ publish  running    2m 00s  run child-1',
    '  · test     waiting',
  ]);
});

it('shows a dead run as dead: nothing runs, nobody knows how long, resume is next', async () => {
  const lines = await show(
    { stages: [{ id: 'build', status: 'succeeded' }, { id: 'test', status: 'running' }, { id: 'pack' }] },
    { state: 'dead', detail: 'its owner is gone (process 4711 on here)' },
  );
  expect(lines.slice(3)).toEqual([
    '  Status:    in_progress, its owner is gone (process 4711 on here)',
    '  Started:   2026-03-01 15:30',
    `  Manifest:  ${MANIFEST}`,
    '',
    '  ✓ build  succeeded    1.5 s',
    '  ✗ test   interrupted',
    '  · pack   not run',
    '',
    `Next: codex-orchestrator resume --run ${RUN_ID}`,
  ]);
});

it('shows why a run failed, where to look, its child runs and its resumes', async () => {
  const resume = { timestamp: '', actor: 'cli', reason: 'manual-resume', outcome: 'accepted' } as const;
  const lines = await show({
    stages: [
      {
        id: 'lint it',
        status: 'failed',
        exit_code: 2,
        summary: 'Command failed with code 2 — bad\nworse\u001b[2J',
        log_path: 'somewhere/01-lint-it.ndjson',
      },
      { id: 'extra', status: 'skipped', exit_code: 1 },
      { id: 'sub', status: 'failed', kind: 'subpipeline', sub_run_id: 'child-1', summary: 'gone' },
    ],
    manifest: {
      status: 'failed',
      status_detail: 'stage:lint it:failed',
      completed_at: '2026-03-01T10:00:09.000Z',
      pipeline_title: 'Diagnostics',
      task_slug: 'foundation',
      resume_events: [resume, resume],
      child_runs: [{ run_id: 'child-1', pipeline_id: 'simple', status: 'failed', manifest: 'm' }],
    },
  });
  expect(lines).toEqual([
    `Run ${RUN_ID}`,
    '  Pipeline:  diagnostics (Diagnostics)',
    '  Task:      0101 (foundation)',
    '  Status:    failed (stage:lint it:failed)',
    '  Started:   2026-03-01 15:30',
    '  Duration:  9.0 s',
    '  Resumed:   2 times',
    `  Manifest:  ${MANIFEST}`,
    '',
    '  ✗ lint it  failed   1.5 s  exit code 2',
    '  ! extra    skipped  1.5 s  exit code 1, tolerated',
    '  ✗ sub      failed   1.5 s  run child-1',
    '',
    'Child runs',
    '  child-1  simple  failed',
    '',
    'lint it',
    '  Command failed with code 2 — bad',
    '  worse',
    '  Log:  somewhere/01-lint-it.ndjson',
    `  Show: codex-orchestrator logs ${RUN_ID} 'lint it'`,
    '',
    'sub',
    '  gone',
    '  Show: codex-orchestrator status --run child-1',
    '',
    `Next: codex-orchestrator resume --run ${RUN_ID}`,
  ]);
});

it('marks a stage that passed after a failure, as the end of its run did', async () => {
  const lines = await show(
    {
      manifest: { status: 'succeeded' },
      stages: [
        {
          id: 'test',
          status: 'succeeded',
          exit_code: 0,
          summary: 'Passed on attempt 2 of 3 (flaky). Completed without output',
        },
      ],
    },
    { state: 'ended', detail: 'ended succeeded' },
  );
  expect(lines.at(-1)).toBe('  ✓ test  succeeded  1.5 s  flaky: passed on attempt 2');
});

it('offers no resume to a run that succeeded, nor to one of exec', async () => {
  const succeeded = await show({ manifest: { status: 'succeeded' } });
  const exec = await show({ pipelineId: 'exec', manifest: { status: 'failed' } });
  const cancelled = await show({ manifest: { status: 'cancelled' } });
  expect(succeeded.filter(isNext)).toEqual([]);
  expect(exec.filter(isNext)).toEqual([]);
  expect(cancelled.filter(isNext)).toHaveLength(1);
});

it('offers what lets a loop go on, and nothing to one that refused its options', async () => {
  const next = async (status: FinalStatus, exitCode: number) => {
    const stages = [{ id: 'rlm-runner', status: 'failed', exit_code: exitCode, log_path: 'x' } as const];
    const state = loopState({ final: { status, exitCode, reason: '' } });
    const lines = await show({ stages, manifest: { status: 'failed' } }, undefined, {
      state,
      agent: 'codex',
    });
    return lines.filter((line) => /Next:|Show:|Log:/.test(line));
  };
  const places = ['  Log:  x', `  Show: codex-orchestrator logs ${RUN_ID} rlm-runner`];
  const resume = `Next: codex-orchestrator resume --run ${RUN_ID}`;
  expect(await next('max_iterations', 3)).toEqual([...places, `${resume} --max-iterations <more>`]);
  expect(await next('max_minutes', 3)).toEqual([...places, `${resume} --max-minutes <more>`]);
  expect(await next('max_tokens', 3)).toEqual([...places, `${resume} --max-tokens <more>`]);
  expect(await next('no_progress', 3)).toEqual([...places, resume]);
  expect(await next('no_validator', 2)).toEqual([]);
  expect(await next('invalid_config', 5)).toEqual([]);
});

it('says who cancelled a run, and that its stage did not fail', async () => {
  const words = 'Cancelled in iteration 2 of 88 (SIGTERM).';
  const lines = await show({
    stages: [
      { id: 'rlm-runner', status: 'failed', exit_code: 143, summary: words },
      {
        id: 'docs',
        status: 'failed',
        kind: 'subpipeline',
        sub_run_id: 'c',
        summary: `x\nCancelled (SIGINT).`,
      },
    ],
    manifest: {
      status: 'cancelled',
      summary: `${words}\nCancelled (SIGTERM) by kim: enough\u001b[2J; 1 stage not started.\nGuardrails: none`,
    },
  });
  expect(lines.slice(3, 10)).toEqual([
    '  Status:     cancelled',
    '  Cancelled:  by kim: enough',
    '  Started:    2026-03-01 15:30',
    `  Manifest:   ${MANIFEST}`,
    '',
    '  ✗ rlm-runner  cancelled  1.5 s  in iteration 2 of 88 (SIGTERM)',
    '  ✗ docs        cancelled  1.5 s  run c',
  ]);
});

it('shows foreign names and times without letting them act', async () => {
  const lines = await show({
    stages: [{ id: 'a\u001b]0;title\u0007b', status: 'succeeded', started_at: 'yesterday' }],
    manifest: { pipeline_title: 'x\r\ny', started_at: 'yesterday\u0007' },
  });
  expect(lines).toContain('  Pipeline:  diagnostics (x\\x0d\\x0ay)');
  expect(lines).toContain('  Started:   yesterday\\x07');
  expect(lines).toContain('  ✓ ab  succeeded');
});

async function show(
  facts: StoredRunFacts,
  liveness: Pick<Liveness, 'state' | 'detail'> = { state: 'ended', detail: '' },
  loop: LoopReading | null = null,
): Promise<string[]> {
  const { manifest } = await storeRun(repo, facts);
  const signs = { ...liveness, owner: null, heartbeatAt: null, heartbeatAgeMs: null };
  return statusLines({ manifest, liveness: signs }, { style: plain, nowMs: NOW_MS, loop });
}

function isNext(line: string): boolean {
  return line.startsWith('Next:');
}
