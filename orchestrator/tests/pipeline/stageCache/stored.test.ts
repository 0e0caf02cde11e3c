import { rm, writeFile } from 'node:fs/promises';
import { afterEach, expect, it } from 'vitest';
import { makeRepo, type SandboxRepo } from '../../support/sandboxRepo.ts';
import { command, pipeline, timesRun } from '../../support/stageConfig.ts';
import { runPipeline, type ToldRun } from './pipelineRuns.ts';

let repo: SandboxRepo;
afterEach(() => repo.cleanup());

const run = (): Promise<ToldRun> => runPipeline(repo, { cacheDir: repo.path('.runs', '.cache') });

/** It counts how often it runs, outside of all globs. */
const counted = (id: string, text: string, more: object): object =>
  command(id, `echo x >> ${id}-ran; ${text}`, more);

it('a stage that changes its own inputs is not stored, which is said, nor what needs it', async () => {
  repo = await makeRepo({
    config: pipeline(
      counted('format', 'cp src/a made; echo changed > src/a', {
        cache: { inputs: ['src/**'], outputs: ['made'] },
      }),
      counted('check', 'cat src/*', { cache: { inputs: ['src/**'] } }),
    ),
    files: { 'src/a': 'original' },
  });
  expect(await run()).toMatchObject({
    hits: [],
    warnings: ['The result of stage "format" is not stored: input src/a changed while it ran.'],
  });
  expect(await repo.read('made')).toBe('original');
  // Now there is nothing more to change, so this is a result like any other.
  expect(await run()).toMatchObject({ hits: [], warnings: [] });
  expect(await run()).toMatchObject({ hits: ['format', 'check'], warnings: [] });
  expect(await repo.read('made')).toBe('changed\n');
  await writeFile(repo.path('src/a'), 'original');
  expect((await run()).hits).toEqual([]);
  expect([await timesRun(repo, 'format'), await timesRun(repo, 'check')]).toEqual([3, 3]);
});

it('a stage that has failed is not stored, whatever it was that made it fail', async () => {
  repo = await makeRepo({
    config: pipeline(
      counted('build', 'cp src/a made; test ! -e broken', {
        cache: { inputs: ['src/**'], outputs: ['made'] },
      }),
    ),
    files: { 'src/a': 'a', broken: '', 'tools/a': '' },
  });
  expect((await run()).stages).toMatchObject({ build: { status: 'failed' } });
  expect((await run()).stages).toMatchObject({ build: { status: 'failed' } });
  await rm(repo.path('broken'));
  expect(await run()).toMatchObject({ hits: [], stages: { build: { status: 'succeeded' } } });
  expect(await run()).toMatchObject({ hits: ['build'] });
  expect(await timesRun(repo, 'build')).toBe(3);
});

it('what needs a stage whose failure was tolerated runs each time, until that stage succeeds', async () => {
  repo = await makeRepo({
    config: pipeline(
      counted('lint', 'cat src/a > report; test ! -e broken', {
        allowFailure: true,
        cache: { inputs: ['src/**'], outputs: ['report'] },
      }),
      counted('notes', 'cat report > notes', { cache: { inputs: ['tools/**'], outputs: ['notes'] } }),
    ),
    files: { 'src/a': 'a', broken: '', 'tools/a': '' },
  });
  for (const content of ['a', 'b', 'a']) {
    await writeFile(repo.path('src/a'), content);
    expect(await run()).toMatchObject({ hits: [], stages: { lint: { status: 'skipped' } } });
    expect(await repo.read('notes')).toBe(content);
  }
  await rm(repo.path('broken'));
  expect((await run()).hits).toEqual([]);
  expect((await run()).hits).toEqual(['lint', 'notes']);
  expect(await timesRun(repo, 'notes')).toBe(4);
});
