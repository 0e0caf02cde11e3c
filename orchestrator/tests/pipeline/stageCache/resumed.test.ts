import { rm, writeFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { makeRepo, type SandboxRepo } from '../../support/sandboxRepo.ts';
import { command, pipeline } from '../../support/stageConfig.ts';
import { runPipeline, type ToldRun } from './pipelineRuns.ts';

let repo: SandboxRepo;
afterEach(() => repo.cleanup());

const run = (resume?: string): Promise<ToldRun> =>
  runPipeline(repo, {
    cacheDir: repo.path('.runs', '.cache'),
    ...(resume !== undefined && { resume }),
  });

const build = command('build', 'rm -rf dist; cp -r src dist', {
  cache: { inputs: ['src/**'], outputs: ['dist/**'] },
});
/** The key of the build tells what is in `dist`. */
const bundle = command('bundle', 'test ! -e broken && cat dist/* > bundle', {
  cache: { inputs: ['tools/**'], outputs: ['bundle'] },
});

describe('a stage that runs when its run is resumed', () => {
  async function failOnce(): Promise<string> {
    repo = await makeRepo({
      config: pipeline(build, bundle),
      files: { 'src/a': 'first', broken: '', 'tools/a': '' },
    });
    const failed = await run();
    expect(failed.stages).toMatchObject({ build: { status: 'succeeded' }, bundle: { status: 'failed' } });
    return failed.runId;
  }

  it('is stored while what it needs still lies there', async () => {
    const runId = await failOnce();
    await rm(repo.path('broken'));
    expect(await run(runId)).toMatchObject({ runId, stages: { bundle: { status: 'succeeded' } } });
    expect((await run()).hits).toEqual(['build', 'bundle']);
    expect(await repo.read('bundle')).toBe('first');
  });

  it('is not stored under the key of what another run has replaced by now', async () => {
    const runId = await failOnce();
    await writeFile(repo.path('src/a'), 'second');
    await run();
    await rm(repo.path('broken'));
    await run(runId);
    expect(await repo.read('bundle')).toBe('second');

    await writeFile(repo.path('src/a'), 'first');
    expect((await run()).hits).toEqual(['build']);
    expect(await repo.read('bundle')).toBe('first');
  });

  it('is not stored when what it needs was edited by hand', async () => {
    const runId = await failOnce();
    await writeFile(repo.path('dist/a'), 'by hand');
    await rm(repo.path('broken'));
    await run(runId);
    expect(await repo.read('bundle')).toBe('by hand');
    expect((await run()).hits).toEqual(['build']);
    expect(await repo.read('bundle')).toBe('first');
  });
});

it('stages of a child run count what their parent needs, and those behind them count theirs', async () => {
  const pack = command('pack', 'cat dist/* > pack', { cache: { inputs: ['tools/**'], outputs: ['pack'] } });
  const ship = command('ship', 'cat pack pack > ship', {
    cache: { inputs: ['tools/**'], outputs: ['ship'] },
  });
  const child = { kind: 'subpipeline', id: 'packing', title: 'Packing', pipeline: 'packing' };
  repo = await makeRepo({
    config: {
      pipelines: [
        { id: 'diagnostics', guardrailsRequired: false, stages: [build, child, ship] },
        { id: 'packing', guardrailsRequired: false, stages: [pack] },
      ],
    },
    files: { 'src/a': 'one ', 'tools/a': '' },
  });
  for (const [content, hits] of [
    ['one ', []],
    ['two ', []],
    ['two ', ['build', 'pack', 'ship']],
    ['one ', ['build', 'pack', 'ship']],
  ] as const) {
    await writeFile(repo.path('src/a'), content);
    expect((await run()).hits).toEqual(hits);
    expect(await repo.read('ship')).toBe(content + content);
  }
});
