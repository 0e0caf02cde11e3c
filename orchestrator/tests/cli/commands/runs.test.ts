import { writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runRuns, type RunsRequest } from '../../../src/cli/commands/runs.ts';
import type { Manifest } from '../../../src/run/manifestTypes.ts';
import { deadOwner, liveOwner, removeRepo, storeRun, tempRepo, type StoredRun } from '../../run/storedRun.ts';
import { runCli } from '../../support/runCli.ts';
import { memoryStream } from '../present/memoryStream.ts';

let repo: string;

beforeEach(async () => {
  repo = await tempRepo();
});
afterEach(() => removeRepo(repo));

it('lists runs of every task, newest first, on the clock of the reader', async () => {
  await store('01', 'a', { status: 'succeeded', completed_at: '2026-03-01T10:01:04.000Z' });
  await store('02', 'longer-task', { status: 'failed', completed_at: '2026-03-02T10:00:00.250Z' });
  await (await store('03', 'a', {})).ownedBy(deadOwner());
  const { code, stdout, stderr } = await runCli(['runs'], { cwd: repo, env: { TZ: 'Asia/Kolkata' } });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toBe(
    [
      'run                                task         pipeline     status             started           duration  stages',
      '2026-03-03T10-00-00-000Z-00000000  a            diagnostics  in_progress, dead  2026-03-03 15:30               1/3',
      '2026-03-02T10-00-00-000Z-00000000  longer-task  diagnostics  failed             2026-03-02 15:30    250 ms     1/3',
      '2026-03-01T10-00-00-000Z-00000000  a            diagnostics  succeeded          2026-03-01 15:30    1m 04s     1/3',
      '',
    ].join('\n'),
  );
});

it('lists the runs of one task, and no more than asked for', async () => {
  await store('01', 'a', {});
  await store('02', 'a', {});
  await store('03', 'b', {});
  expect(await idsOf('--task', 'a')).toEqual(['02', '01']);
  expect(await idsOf('--limit', '1')).toEqual(['03']);
  expect(await idsOf('--limit', '0')).toEqual([]);
  const { stdout } = await runCli(['runs', '--limit', '0'], { cwd: repo });
  expect(stdout).toBe(`No run in ${repo}/.runs matches.\n`);
});

it('filters by status, pipeline and age', async () => {
  await store('01', 'a', { status: 'succeeded' });
  await store('02', 'a', { status: 'failed', pipeline_id: 'lint' });
  await store('03', 'a', { status: 'failed' });
  expect(await idsOf('--status', 'failed')).toEqual(['03', '02']);
  expect(await idsOf('--pipeline', 'lint')).toEqual(['02']);
  expect(await idsOf('--since', '2026-03-02')).toEqual(['03', '02']);
  expect(await idsOf('--since', '1h')).toEqual([]);
});

it('filters by whether somebody works on a run', async () => {
  await (await store('01', 'a', {})).ownedBy(liveOwner());
  await (await store('02', 'a', {})).ownedBy(deadOwner());
  await store('03', 'a', { status: 'failed' });
  expect(await listed({ status: 'live' })).toEqual(['01']);
  expect(await listed({ status: 'dead' })).toEqual(['02']);
});

it('prints one JSON document', async () => {
  await store('01', 'a', { status: 'succeeded', completed_at: '2026-03-01T10:00:02.000Z' });
  const { stdout, stderr } = await runCli(['runs', '--format', 'json'], { cwd: repo });
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual({
    runs: [
      {
        run_id: '2026-03-01T10-00-00-000Z-00000000',
        task_id: 'a',
        pipeline_id: 'diagnostics',
        parent_run_id: null,
        status: 'succeeded',
        status_detail: null,
        liveness: { state: 'ended', detail: 'ended succeeded' },
        started_at: '2026-03-01T10:00:00.000Z',
        completed_at: '2026-03-01T10:00:02.000Z',
        duration_ms: 2000,
        stages_passed: 1,
        stages_total: 3,
        manifest: '.runs/a/cli/2026-03-01T10-00-00-000Z-00000000/manifest.json',
      },
    ],
  });
});

it('lists a damaged run with a warning; a filter that needs its manifest leaves only the warning', async () => {
  await store('01', 'a', { status: 'succeeded' });
  const broken = await store('02', 'a', {});
  await writeFile(broken.paths.manifestPath, '[]\n');
  const warning = `warning: Cannot read ${broken.paths.manifestPath}: it is damaged (it is not a run manifest).\n`;
  const all = await runCli(['runs'], { cwd: repo });
  expect(all).toMatchObject({ code: 0, stderr: warning });
  expect(all.stdout).toMatch(/^2026-03-02T10-00-00-000Z-00000000 {2}a +damaged$/m);
  const filtered = await runCli(['runs', '--status', 'succeeded', '--format', 'json'], { cwd: repo });
  expect(filtered).toMatchObject({ code: 0, stderr: warning });
  expect(JSON.parse(filtered.stdout)).toMatchObject({ runs: [{ status: 'succeeded' }] });
  const json = await runCli(['runs', '--limit', '1', '--format', 'json'], { cwd: repo });
  expect(JSON.parse(json.stdout)).toEqual({
    runs: [
      {
        run_id: '2026-03-02T10-00-00-000Z-00000000',
        task_id: 'a',
        status: 'damaged',
        manifest: '.runs/a/cli/2026-03-02T10-00-00-000Z-00000000/manifest.json',
      },
    ],
  });
});

it('is friendly when there is nothing', async () => {
  expect(await runCli(['runs'], { cwd: repo })).toMatchObject({
    code: 0,
    stdout: `No runs yet in ${repo}/.runs. Begin one with \`codex-orchestrator start\`.\n`,
    stderr: '',
  });
  expect(await runCli(['runs', '--status', 'failed'], { cwd: repo })).toMatchObject({
    code: 0,
    stdout: `No run in ${repo}/.runs matches.\n`,
  });
  const json = await runCli(['runs', '--format', 'json'], { cwd: repo });
  expect(JSON.parse(json.stdout)).toEqual({ runs: [] });
});

/** A run of that day of March 2026, one of whose three stages has passed. */
function store(day: string, taskId: string, manifest: Partial<Manifest>): Promise<StoredRun> {
  return storeRun(repo, {
    taskId,
    runId: `2026-03-${day}T10-00-00-000Z-00000000`,
    stages: [{ id: 'build', status: 'succeeded' }, { id: 'lint', status: 'skipped' }, { id: 'test' }],
    manifest: { started_at: `2026-03-${day}T10:00:00.000Z`, ...manifest },
  });
}

/** The days of the runs that a command line lists. */
async function idsOf(...argv: string[]): Promise<string[]> {
  return daysIn((await runCli(['runs', ...argv], { cwd: repo })).stdout);
}

async function listed(options: Pick<RunsRequest, 'status'>): Promise<string[]> {
  const [stdout, stderr] = [memoryStream(), memoryStream()];
  const request: RunsRequest = {
    task: undefined,
    pipeline: undefined,
    sinceMs: undefined,
    limit: undefined,
    format: 'text',
    ...options,
  };
  await runRuns(request, { argv: [], env: {}, cwd: repo, stdout, stderr, now: () => new Date() });
  return daysIn(stdout.text());
}

function daysIn(text: string): string[] {
  return Array.from(text.matchAll(/^2026-03-(\d\d)T/gm), ([, day = '']) => day);
}
