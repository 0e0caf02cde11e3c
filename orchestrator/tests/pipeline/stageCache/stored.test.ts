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
      counted('format', 'cp src/a made; grep -q changed src/a || echo changed > src/a', {
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

it('a stage whose input was something else for a moment is not stored', async () => {
  repo = await makeRepo({
    config: pipeline(
      counted('build', 'test -e made || printf other > src/a; cp src/a made; printf original > src/a', {
        cache: { inputs: ['src/**'], outputs: ['made'] },
      }),
    ),
    files: { 'src/a': 'original' },
  });
  expect(await run()).toMatchObject({
    hits: [],
    warnings: ['The result of stage "build" is not stored: input src/a was written to while it ran.'],
  });
  expect(await repo.read('made')).toBe('other');
  expect(await run()).toMatchObject({ hits: [] });
  expect(await repo.read('made')).toBe('original');
});

it.each([
  ['little', 'echo bad'],
  ['much', 'seq 200000'],
])('%s that a stage printed before it was tried again is no part of its result', async (_, text) => {
  repo = await makeRepo({
    config: pipeline(
      command('flaky', `if test -e tried; then echo good; else ${text}; echo x > tried; exit 1; fi`, {
        retries: 1,
        cache: { inputs: ['src/**'] },
      }),
    ),
    files: { 'src/a': 'a' },
  });
  expect((await run()).stages).toMatchObject({ flaky: { status: 'succeeded' } });
  expect(await run()).toMatchObject({ hits: ['flaky'], stages: { flaky: { output: 'good\n' } } });
});

it('what a stage has printed is not printed to the end when its run is cancelled meanwhile', async () => {
  repo = await makeRepo({
    config: pipeline(command('loud', 'seq 200000', { cache: { inputs: ['src/**'] } })),
    files: { 'src/a': 'a' },
  });
  await run();
  const cacheDir = repo.path('.runs', '.cache');
  const cut = await runPipeline(repo, { cacheDir, cancelsOnOutput: true });
  expect(cut.stages).toMatchObject({ loud: { status: 'failed' } });
  expect(cut.stages['loud']?.output).not.toContain('200000');
  expect(await repo.manifest()).toMatchObject({
    status: 'cancelled',
    commands: [{ status: 'failed', summary: 'Cancelled (cancel)' }],
  });
});

it('a stage that names a variable which its run sets is another one for another value', async () => {
  repo = await makeRepo({
    config: pipeline(
      counted('build', 'echo "$CODEX_ORCHESTRATOR_TASK_ID" > made', {
        cache: { inputs: ['src/**'], outputs: ['made'], env: ['CODEX_ORCHESTRATOR_TASK_ID'] },
      }),
    ),
    files: { 'src/a': 'a' },
  });
  for (const [taskId, hits] of [
    ['0101', []],
    ['0102', []],
    ['0101', ['build']],
  ] as const) {
    expect((await runPipeline(repo, { cacheDir: repo.path('.runs', '.cache'), taskId })).hits).toEqual(hits);
    expect(await repo.read('made')).toBe(`${taskId}\n`);
  }
});

it('a stage whose other outputs were named before finds nothing of those in its way', async () => {
  const build = (...outputs: string[]) =>
    pipeline(counted('build', 'cp src/a one; cp src/a two', { cache: { inputs: ['src/**'], outputs } }));
  repo = await makeRepo({ config: build('one', 'two'), files: { 'src/a': 'a' } });
  await run();
  await repo.write('codex.orchestrator.json', build('one'));
  await run();
  // Somebody else's by now.
  await repo.write('two', 'by hand');
  await writeFile(repo.path('src/a'), 'b');
  await run();
  await repo.write('two', 'by hand');
  await writeFile(repo.path('src/a'), 'a');
  expect((await run()).hits).toEqual(['build']);
  expect(await repo.read('two')).toBe('by hand');
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
