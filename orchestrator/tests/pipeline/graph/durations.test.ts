import { afterEach, expect, it } from 'vitest';
import { readStageDurations } from '../../../src/run/stageDurations.ts';
import { makeRepo, type SandboxRepo } from '../../support/sandboxRepo.ts';
import { command, countedStage } from '../../support/stageConfig.ts';
import { runPipeline } from '../stageCache/pipelineRuns.ts';

let repo: SandboxRepo;
afterEach(() => repo.cleanup());

/** A graph of a stage of its own and a sub-pipeline of these stages. */
async function configure(...stages: object[]): Promise<void> {
  const child = { kind: 'subpipeline', id: 'child', pipeline: 'child', needs: [] };
  repo = await makeRepo({
    config: {
      pipelines: [
        { id: 'diagnostics', guardrailsRequired: false, stages: [countedStage('own'), child] },
        { id: 'child', guardrailsRequired: false, stages },
      ],
    },
  });
}

/** The ids of stages whose time is on record; it is forgotten, so that the next run tells of its own. */
async function takeRecorded(): Promise<string[]> {
  const env = { repoRoot: repo.root, runsRoot: repo.runsRoot, outRoot: repo.outRoot, taskId: '0101' };
  const recorded = readStageDurations(env, 'diagnostics');
  await repo.write('.runs/0101/stage-durations.json', {});
  return [...recorded.keys()].toSorted();
}

it('keeps the time of a sub-pipeline unless a stage of it came from the cache', async () => {
  await configure(command('cached', 'true', { cache: { inputs: ['in'] } }), command('always', 'true'));
  const cacheDir = repo.path('.cache');
  await runPipeline(repo, { cacheDir });
  expect(await takeRecorded()).toEqual(['child', 'own']);
  expect(await runPipeline(repo, { cacheDir })).toMatchObject({ hits: ['cached'] });
  expect(await takeRecorded()).toEqual(['own']);
});

it('keeps no time of a sub-pipeline whose run was resumed', async () => {
  await configure(command('work', 'test -e fixed'));
  const { runId } = await runPipeline(repo, { cacheDir: null });
  expect(await takeRecorded()).toEqual(['own']);
  await repo.write('fixed', '');
  const { stages } = await runPipeline(repo, { cacheDir: null, resume: runId });
  expect(stages).toMatchObject({ child: { status: 'succeeded' } });
  expect(await takeRecorded()).toEqual([]);
});
