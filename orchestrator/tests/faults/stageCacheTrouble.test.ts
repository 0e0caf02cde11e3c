import { execFileSync } from 'node:child_process';
import { readdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { storeLayout } from '../../src/cache/store/layout.ts';
import { runPipeline, type ToldRun } from '../pipeline/stageCache/pipelineRuns.ts';
import { faultEnvironment } from '../support/faults.ts';
import { runCli } from '../support/runCli.ts';
import { makeRepo, type SandboxRepo } from '../support/sandboxRepo.ts';
import { command, pipeline, timesRun } from '../support/stageConfig.ts';

let repo: SandboxRepo;
beforeEach(async () => {
  const cache = { inputs: ['src/**'], outputs: ['dist/**'] };
  repo = await makeRepo({
    config: pipeline(
      command('build', 'echo x >> build-ran; mkdir -p dist; test -e dist/a || cp src/a dist', { cache }),
      command('test', 'cat dist/a', { cache: { inputs: ['src/**'] } }),
    ),
    files: { 'src/a': 'a' },
  });
});
afterEach(() => repo.cleanup());

const cacheDir = (): string => repo.path('.runs', '.cache');
const run = (place = cacheDir()): Promise<ToldRun> => runPipeline(repo, { cacheDir: place });

/** The warnings among what the command line has printed. */
function warningsIn({ stdout, stderr }: { stdout: string; stderr: string }): string[] {
  return `${stdout}${stderr}`.split('\n').filter((line) => line.startsWith('warning: '));
}

describe('a cache that cannot be written to is said once, and the run goes on without it:', () => {
  it.each<{ errno: 'ENOSPC' | 'EROFS'; operation: 'write' | 'open' }>([
    { errno: 'ENOSPC', operation: 'write' },
    { errno: 'EROFS', operation: 'open' },
  ])('$errno', async ({ errno, operation }) => {
    const env = faultEnvironment({ trigger: '/.cache/', operation, errno, forever: true });
    for (const times of [1, 2]) {
      const result = await runCli(['start'], { cwd: repo.root, env });
      expect(result.code).toBe(0);
      expect(warningsIn(result)).toEqual([
        expect.stringMatching(
          new RegExp(
            `^warning: The stage cache cannot be used \\(${errno}: .*\\): stages run without it\\.$`,
          ),
        ),
      ]);
      expect(await timesRun(repo, 'build')).toBe(times);
    }
  });

  it('a file in its place, or a place where nothing can be made', async () => {
    await writeFile(repo.path('cache'), 'mine');
    for (const place of [repo.path('cache'), '/proc/nowhere']) {
      const { hits, stages, warnings } = await run(place);
      expect(hits).toEqual([]);
      expect(stages).toMatchObject({ build: { status: 'succeeded' }, test: { status: 'succeeded' } });
      expect(warnings).toEqual([
        expect.stringMatching(/^The stage cache cannot be used \(E[A-Z]+: .*\): stages run without it\.$/),
      ]);
    }
    expect(await repo.read('cache')).toBe('mine');
  });
});

describe('inputs', () => {
  it('that cannot be read have their stage run without the cache, which is said', async () => {
    const env = faultEnvironment({ trigger: '/src/a', operation: 'open', errno: 'EACCES', forever: true });
    const { code, stdout, stderr } = await runCli(['start'], { cwd: repo.root, env });
    expect(code).toBe(0);
    const said = `${stdout}${stderr}`.split('\n').filter((line) => line.startsWith('warning:'));
    expect(said).toEqual(['warning: Stage "build" runs without the cache: its input src/a cannot be read.']);
    expect((await run()).hits).toEqual([]);
    expect((await run()).hits).toEqual(['build', 'test']);
  });

  it('may be links that lead in circles, and pipes that nobody writes to', async () => {
    await symlink('loop', repo.path('src/loop'));
    await symlink('..', repo.path('src/up'));
    execFileSync('mkfifo', [repo.path('src/pipe')]);
    expect(await run()).toMatchObject({ hits: [], warnings: [] });
    expect(await run()).toMatchObject({ hits: ['build', 'test'], warnings: [] });
    await rm(repo.path('src/up'));
    await symlink('.', repo.path('src/up'));
    expect((await run()).hits).toEqual([]);
  });
});

it('an entry that is damaged is one line, and replaced', async () => {
  await run();
  const { entries } = storeLayout(cacheDir());
  const names = await readdir(entries, { recursive: true });
  const contents = names.filter((name) => path.basename(path.dirname(name)) === 'files');
  expect(contents).toHaveLength(1);
  for (const name of contents) await writeFile(path.join(entries, name), 'b');
  const [sha256 = ''] = contents.map((name) => path.basename(name));
  await rm(repo.path('dist'), { recursive: true });
  expect(await run()).toMatchObject({
    hits: ['test'],
    warnings: [`The stored result of stage "build" cannot be used (files/${sha256} is damaged): it runs.`],
  });
  expect(await repo.read('dist/a')).toBe('a');
  await rm(repo.path('dist'), { recursive: true });
  expect(await run()).toMatchObject({ hits: ['build', 'test'], warnings: [] });
  expect(await repo.read('dist/a')).toBe('a');
});

it('an output that git tracks by now is not written over by what was stored before', async () => {
  await run();
  await repo.write('dist/a', 'a source');
  const git = (...args: string[]) => execFileSync('git', args, { cwd: repo.root });
  git('init', '-q');
  git('add', 'dist/a');
  const tracked = 'git tracks dist/a, which its output globs match';
  const notStored = `The result of stage "build" is not stored: ${tracked}.`;
  for (const said of [
    [`The stored result of stage "build" cannot be used (${tracked}): it runs.`, notStored],
    [notStored],
  ]) {
    expect(await run()).toMatchObject({ hits: ['test'], warnings: said });
    expect(await repo.read('dist/a')).toBe('a source');
  }
  expect(await timesRun(repo, 'build')).toBe(3);
});
