import { mkdir, rm, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FailureError } from '../../src/failure.ts';
import { listRuns, type ListedRun, type RunFilter } from '../../src/run/listRuns.ts';
import type { TaskEnvironment } from '../../src/run/paths.ts';
import { deadOwner, liveOwner, removeRepo, storeRun, tempRepo, type StoredRun } from './storedRun.ts';

let repo: string;
let env: TaskEnvironment;

beforeEach(async () => {
  repo = await tempRepo();
});
afterEach(() => removeRepo(repo));

it('lists the runs of all given tasks, newest first', async () => {
  await store('2026-03-01', 'a', 'succeeded');
  await store('2026-03-03', 'a', 'failed');
  await store('2026-03-02', 'b', 'cancelled');
  expect(await list(['a', 'b'])).toEqual(['2026-03-03', '2026-03-02', '2026-03-01']);
  expect(await list(['b'])).toEqual(['2026-03-02']);
  expect(await list([])).toEqual([]);
});

it('filters by status, liveness, pipeline and start', async () => {
  await store('2026-03-01', 'a', 'succeeded');
  await store('2026-03-02', 'a', 'failed', 'lint');
  await (await store('2026-03-03', 'a', 'in_progress')).ownedBy(deadOwner());
  await (await store('2026-03-04', 'a', 'in_progress')).ownedBy(liveOwner());
  expect(await list(['a'], { status: 'failed' })).toEqual(['2026-03-02']);
  expect(await list(['a'], { status: 'in_progress' })).toEqual(['2026-03-04', '2026-03-03']);
  expect(await list(['a'], { status: 'live' })).toEqual(['2026-03-04']);
  expect(await list(['a'], { status: 'dead' })).toEqual(['2026-03-03']);
  expect(await list(['a'], { pipelineId: 'lint' })).toEqual(['2026-03-02']);
  expect(await list(['a'], { sinceMs: Date.parse('2026-03-03T00:00:00Z') })).toEqual([
    '2026-03-04',
    '2026-03-03',
  ]);
  expect(await list(['a'], { status: 'succeeded', pipelineId: 'lint' })).toEqual([]);
});

it('looks into the manifest for the start of a run whose id does not tell it', async () => {
  await storeRun(repo, {
    taskId: 'a',
    runId: 'by-hand',
    manifest: { started_at: '2026-03-05T00:00:00.000Z' },
  });
  env = (await store('2026-03-06', 'a', 'failed')).env;
  expect(await ids(listRuns(env, ['a'], { sinceMs: Date.parse('2026-03-05T00:00:00Z') }))).toHaveLength(2);
  expect(await ids(listRuns(env, ['a'], { sinceMs: Date.parse('2026-03-05T12:00:00Z') }))).toHaveLength(1);
});

it('reads no more runs than it is asked for', async () => {
  await store('2026-03-03', 'a', 'failed');
  const older = await store('2026-03-02', 'a', 'failed');
  const runs = listRuns(env, ['a'], {});
  expect((await runs.next()).value).toMatchObject({ kind: 'run', manifest: { status: 'failed' } });
  await older.update((manifest) => {
    manifest.status = 'succeeded';
  });
  expect((await runs.next()).value).toMatchObject({ kind: 'run', manifest: { status: 'succeeded' } });
});

it('lists what cannot be read as damaged, with the reason, and leaves out what has no manifest', async () => {
  const broken = await store('2026-03-04', 'a', 'failed');
  await writeFile(broken.paths.manifestPath, '{"run_id": ');
  const folder = await store('2026-03-03', 'a', 'failed');
  await rm(folder.paths.manifestPath);
  await mkdir(folder.paths.manifestPath);
  const unborn = await store('2026-03-02', 'a', 'failed');
  await rm(unborn.paths.manifestPath);
  await store('2026-03-01', 'a', 'succeeded');
  const runs: ListedRun[] = [];
  for await (const run of listRuns(env, ['a'], { status: 'succeeded' })) runs.push(run);
  expect(runs.map((run) => run.kind)).toEqual(['damaged', 'damaged', 'run']);
  const [first, second] = runs;
  expect(first?.kind === 'damaged' && first.error).toBeInstanceOf(FailureError);
  expect(second?.kind === 'damaged' && second.error).toMatchObject({ code: 'EISDIR' });
});

async function store(
  day: string,
  taskId: string,
  status: 'succeeded' | 'failed' | 'cancelled' | 'in_progress',
  pipelineId = 'diagnostics',
): Promise<StoredRun> {
  const runId = `${day}T10-00-00-000Z-00000000`;
  const manifest = { status, started_at: `${day}T10:00:00.000Z`, heartbeat_at: `${day}T10:00:00.000Z` };
  const run = await storeRun(repo, { taskId, runId, pipelineId, manifest });
  env = run.env;
  return run;
}

async function list(tasks: string[], filter: RunFilter = {}): Promise<string[]> {
  return (await ids(listRuns(env, tasks, filter))).map((id) => id.slice(0, 10));
}

async function ids(runs: AsyncIterable<ListedRun>): Promise<string[]> {
  const found: string[] = [];
  for await (const { runId } of runs) found.push(runId);
  return found;
}
