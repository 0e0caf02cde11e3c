import { afterEach, beforeEach, expect, it } from 'vitest';
import { chunk, RUN_ID, storeRun } from '../run/storedRun.ts';
import { runCli } from '../support/runCli.ts';
import { makeRepo, type SandboxRepo } from '../support/sandboxRepo.ts';
import { command, countedStage, pipeline, timesRun } from '../support/stageConfig.ts';
import { assertIntact } from './evidence.ts';

let repo: SandboxRepo;
const JOURNAL = `.runs/0101/cli/${RUN_ID}/runner.ndjson`;
const STAMP = { timestamp: '2026-03-01T10:00:01.000Z' };

/** What the existing orchestrator wrote: output in the journal too, no `run:begin`, the last line torn by a kill. */
const FOREIGN_JOURNAL = [
  { type: 'command:start', command: 'run one', ...STAMP, index: 1 },
  { ...chunk('output\n'), index: 1 },
  { type: 'command:end', exit_code: 0, status: 'succeeded', ...STAMP, index: 1 },
  { type: 'command:start', command: 'run two', ...STAMP, index: 2 },
];

beforeEach(async () => {
  repo = await makeRepo({
    config: pipeline(countedStage('one'), countedStage('two'), countedStage('three')),
  });
  await storeRun(repo.root, {
    stages: [
      { id: 'one', status: 'succeeded', exit_code: 0, summary: 'output' },
      { id: 'two', status: 'running' },
      { id: 'three' },
    ],
  });
  const lines = FOREIGN_JOURNAL.map((event) => `${JSON.stringify(event)}\n`).join('');
  await repo.write(JOURNAL, `${lines}{"type":"exec:ch`);
});
afterEach(() => repo.cleanup());

it('a run that another tool left unfinished reads as dead, with the next step', async () => {
  const before = await repo.read(JOURNAL);
  const status = await runCli(['status'], { cwd: repo.root });
  expect(status).toMatchObject({ code: 0, stderr: '' });
  expect(status.stdout).toMatch(/Status: {4}in_progress, nobody owns it; its last heartbeat is \d+ s old\n/);
  expect(status.stdout).toContain(`Next: codex-orchestrator resume --run ${RUN_ID}\n`);
  const runs = await runCli(['runs', '--status', 'dead', '--format', 'json'], { cwd: repo.root });
  expect(JSON.parse(runs.stdout)).toMatchObject({ runs: [{ run_id: RUN_ID, status: 'in_progress' }] });
  expect(await repo.read(JOURNAL)).toBe(before);
});

it('a run that another tool left unfinished can be resumed: what succeeded stays, the torn line goes, the rest runs', async () => {
  expect(await runCli(['resume', '--run', RUN_ID], { cwd: repo.root })).toMatchObject({
    code: 0,
    stderr: '',
  });
  expect([await timesRun(repo, 'one'), await timesRun(repo, 'two'), await timesRun(repo, 'three')]).toEqual([
    0, 1, 1,
  ]);
  expect(await repo.manifest()).toMatchObject({
    run_id: RUN_ID,
    status: 'succeeded',
    metrics_recorded: true,
    commands: [{ status: 'succeeded', summary: 'output' }, { status: 'succeeded' }, { status: 'succeeded' }],
  });
  const { lines, torn } = await repo.journal();
  expect(torn).toBe('');
  expect(lines.slice(0, 5).map((line) => line['type'])).toEqual([
    'command:start',
    'exec:chunk',
    'command:end',
    'command:start',
    'run:resume',
  ]);
  await assertIntact(repo.runsRoot, repo.outRoot);
});

it('a run that another tool may still be working on is not taken from it', async () => {
  await repo.write(`.runs/0101/cli/${RUN_ID}/.heartbeat`, `${new Date().toISOString()}\n`);
  const refused = await runCli(['resume', '--run', RUN_ID], { cwd: repo.root });
  expect(refused.code).toBe(75);
  expect(refused.stderr).toMatch(
    /^error: Run \S+ is being worked on by another tool \(its heartbeat is \d+ s old\)\./,
  );
  expect((await repo.manifest()).resume_events).toEqual([]);
});

it('a resumed run of another tool that is killed goes on from what was done since', async () => {
  await repo.write(
    'codex.orchestrator.json',
    pipeline(countedStage('one'), countedStage('two'), command('three', 'kill -9 $PPID')),
  );
  expect(await runCli(['resume', '--run', RUN_ID], { cwd: repo.root })).toMatchObject({ signal: 'SIGKILL' });
  await repo.write(
    'codex.orchestrator.json',
    pipeline(countedStage('one'), countedStage('two'), countedStage('three')),
  );
  expect(await runCli(['resume', '--run', RUN_ID], { cwd: repo.root })).toMatchObject({ code: 0 });
  expect([await timesRun(repo, 'one'), await timesRun(repo, 'two'), await timesRun(repo, 'three')]).toEqual([
    0, 1, 1,
  ]);
});
