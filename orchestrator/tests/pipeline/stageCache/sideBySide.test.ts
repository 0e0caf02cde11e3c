import { execFileSync } from 'node:child_process';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startFakeStageServer, type FakeStageServer } from '../../support/fakeStageServer.ts';
import { runCli } from '../../support/runCli.ts';
import { makeRepo, type SandboxRepo } from '../../support/sandboxRepo.ts';
import { command, pipeline } from '../../support/stageConfig.ts';
import { contentOf, runPipeline, type ToldRun } from './pipelineRuns.ts';

let repo: SandboxRepo;
afterEach(() => repo.cleanup());

const BUILD = 'rm -rf dist; cp -r src dist; ln -s a dist/link';
const CACHE = { cache: { inputs: ['src/**'], outputs: ['dist/**'] } };

describe('two worktrees of a repository that share a cache', () => {
  it('may run at once, and have the results of each other', async () => {
    repo = await makeRepo({
      config: pipeline(
        command('build', BUILD, CACHE),
        command('test', 'cat dist/*', { cache: { inputs: ['dist/**'] } }),
      ),
      files: { 'src/a': 'a', '.gitignore': 'dist\nother\n.runs\nout\n' },
    });
    const git = (...args: string[]) => execFileSync('git', args, { cwd: repo.root, stdio: 'ignore' });
    git('init', '-q');
    git('add', '.');
    git('-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '-q', '-m', 'all');
    git('worktree', 'add', '-q', 'other');
    const roots = [repo.root, repo.path('other')];
    const env = { CODEX_ORCHESTRATOR_CACHE_DIR: repo.path('.runs', 'shared') };
    const startAll = () => Promise.all(roots.map((cwd) => runCli(['start'], { cwd, env })));
    for (const { code, stderr } of await startAll())
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });

    for (const root of roots) await rm(path.join(root, 'dist'), { recursive: true });
    for (const { code, stdout, stderr } of await startAll()) {
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout.match(/: succeeded, .*from cache/g)).toHaveLength(2);
    }
    for (const root of roots) expect(await readdir(path.join(root, 'dist'))).toEqual(['a', 'link']);
  });
});

describe('two runs at once in one checkout', () => {
  let stages: FakeStageServer;
  beforeEach(async () => {
    stages = await startFakeStageServer();
  });
  afterEach(() => stages.close());

  const run = (): Promise<ToldRun> =>
    runPipeline(repo, { cacheDir: repo.path('.runs', '.cache'), env: stages.env });

  it('both restore what both find', async () => {
    repo = await makeRepo({ config: pipeline(command('build', BUILD, CACHE)), files: { 'src/a': 'a' } });
    await run();
    const built = await contentOf(repo);
    for (const missing of ['dist', 'dist/a']) {
      await rm(repo.path(missing), { recursive: true });
      const both = await Promise.all([run(), run()]);
      expect(both.map(({ hits, warnings }) => [...hits, ...warnings])).toEqual([['build'], ['build']]);
      expect(await contentOf(repo)).toEqual(built);
    }
  });

  it('that both make the outputs of a stage store nothing of that, since it may be of either', async () => {
    repo = await makeRepo({
      config: pipeline(command('build', stages.command('build'), CACHE)),
      files: { 'src/a': 'a' },
    });
    const build = async (names: string[]): Promise<void> => {
      await mkdir(repo.path('dist'), { recursive: true });
      for (const name of names) await writeFile(repo.path('dist', name), name);
    };
    const first = run();
    const one = await stages.stage('build');
    await build(['a', 'b']);
    const second = run();
    const two = await stages.stage('build');
    // The first one is done with its work, of which the second one has just begun to make room for its own.
    await rm(repo.path('dist'), { recursive: true });
    await build(['a']);
    await one.exit(0);
    const warning =
      'The result of stage "build" is not stored: another run was at work on its outputs meanwhile.';
    expect(await first).toMatchObject({ stages: { build: { status: 'succeeded' } }, warnings: [warning] });
    await build(['a', 'b']);
    await two.exit(0);
    expect(await second).toMatchObject({ stages: { build: { status: 'succeeded' } }, warnings: [warning] });

    const third = run();
    await (await stages.stage('build')).exit(0);
    expect(await third).toMatchObject({ hits: [], warnings: [] });
    await rm(repo.path('dist'), { recursive: true });
    expect(await run()).toMatchObject({ hits: ['build'], warnings: [] });
    expect(await readdir(repo.path('dist'))).toEqual(['a', 'b']);
  });

  it('does not restore into what another one is making', async () => {
    repo = await makeRepo({
      config: pipeline(command('build', `test ! -e wait || ${stages.command('build')}; ${BUILD}`, CACHE)),
      files: { 'src/a': 'first' },
    });
    await run();
    await writeFile(repo.path('src/a'), 'second');
    await writeFile(repo.path('wait'), '');
    const making = run();
    const stage = await stages.stage('build');
    // Back to what is in the cache, and on again, so that the run which is under way sees no change.
    await writeFile(repo.path('src/a'), 'first');
    await rm(repo.path('wait'));
    expect(await run()).toMatchObject({ hits: [] });
    await writeFile(repo.path('src/a'), 'second');
    await stage.exit(0);
    await making;
    for (const [content, hits] of [
      ['second', []],
      ['first', ['build']],
      ['second', ['build']],
    ] as const) {
      await writeFile(repo.path('src/a'), content);
      expect((await run()).hits).toEqual(hits);
      expect(await repo.read('dist/a')).toBe(content);
    }
  });
});
