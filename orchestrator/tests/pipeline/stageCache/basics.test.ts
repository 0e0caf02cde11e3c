import { readFile, rm } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { profileSchema, type ProfileDocument } from '../../support/profileSchema.ts';
import { runCli, type CliResult } from '../../support/runCli.ts';
import { makeRepo, type SandboxRepo } from '../../support/sandboxRepo.ts';
import { command, pipeline, timesRun } from '../../support/stageConfig.ts';

/** It cleans its folder, tells what it does, and counts how often it runs. */
const BUILD =
  'echo building; echo x >> build-ran; rm -rf dist; mkdir dist; cp src/* dist; echo "$FLAVOUR" > dist/mode';

let repo: SandboxRepo;

beforeEach(async () => {
  repo = await makeRepo({
    config: pipeline(
      command('build', BUILD, { cache: { inputs: ['src/**'], outputs: ['dist/**'], env: ['FLAVOUR'] } }),
      command('test', 'echo x >> test-ran; cat dist/*', { cache: { inputs: ['dist/**'] } }),
    ),
    files: { 'src/a': 'a', 'src/b': 'b' },
  });
});
afterEach(() => repo.cleanup());

async function start(
  args: string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<CliResult & { cache: string[] }> {
  const result = await runCli(['start', ...args], { cwd: repo.root, env });
  const { stages } = await profile();
  return { ...result, cache: stages.map(({ cache }) => cache?.result ?? 'none') };
}

async function profile(): Promise<ProfileDocument> {
  const text = await readFile(path.join(await repo.runDir(), 'profile.json'), 'utf8');
  return profileSchema.parse(JSON.parse(text));
}

async function whyOf(index: number): Promise<string[] | undefined> {
  return (await profile()).stages.find((stage) => stage.index === index)?.cache?.why;
}

describe('a stage with a cache', () => {
  it('is not run again, and says so everywhere', async () => {
    expect(await start()).toMatchObject({ code: 0, cache: ['miss', 'miss'] });
    const [source] = await repo.runIds();
    await rm(repo.path('dist'), { recursive: true });
    const again = await start(['--verbose']);
    expect(again).toMatchObject({ code: 0, cache: ['hit', 'hit'] });
    expect(again.stdout).toContain('build | building\n');
    expect(again.stdout).toMatch(
      new RegExp(String.raw`\[1/2\] build: succeeded, \d+ ms, from cache, run ${source}\n`),
    );
    expect([await timesRun(repo, 'build'), await timesRun(repo, 'test')]).toEqual([1, 1]);
    expect(await repo.read('dist/a')).toBe('a');

    const { commands, handles } = await repo.manifest();
    expect(commands[0]).toMatchObject({
      status: 'succeeded',
      exit_code: 0,
      summary: `From cache (run ${source}): building`,
    });
    expect(handles).toMatchObject([
      { stage_id: 'build', status: 'closed', frame_count: 1 },
      { stage_id: 'test', status: 'closed' },
    ]);
    const log = await repo.stageLog('01-build');
    expect(log.lines.map(({ type }) => type)).toEqual([
      'command:start',
      'exec:chunk',
      'cache:hit',
      'command:end',
    ]);
    expect((await runCli(['logs', '--stage', 'build'], { cwd: repo.root })).stdout).toContain('building\n');
    expect((await runCli(['status'], { cwd: repo.root })).stdout).toContain(`from cache, run ${source}`);
  });

  it('runs again when something it depends on has changed, and knows what', async () => {
    await start();
    expect(await whyOf(1)).toEqual(['no entry has been stored before']);
    await repo.write('src/a', 'A');
    await repo.write('src/c', 'c');
    expect(await start()).toMatchObject({ cache: ['miss', 'miss'] });
    expect(await whyOf(1)).toEqual(['input src/a changed', 'input src/c is new']);
    expect(await start([], { FLAVOUR: 'fast' })).toMatchObject({ cache: ['miss', 'miss'] });
    expect(await whyOf(1)).toEqual(['variable FLAVOUR is new']);
    expect(await whyOf(2)).toEqual(['input dist/mode changed', 'needed stage build changed']);
  });

  it('has the outputs of another state removed with which it comes back', async () => {
    await start();
    await repo.write('src/c', 'c');
    await start();
    expect(await repo.read('dist/c')).toBe('c');
    await rm(repo.path('src/c'));
    expect(await start()).toMatchObject({ cache: ['hit', 'hit'] });
    await expect(repo.read('dist/c')).rejects.toThrow('ENOENT');
    expect(await repo.read('dist/b')).toBe('b');
  });

  it('runs each time with --no-cache, and with --force replaces what is stored', async () => {
    await start();
    expect(await start(['--no-cache'])).toMatchObject({ code: 0, cache: ['none', 'none'] });
    expect(await start(['--force'])).toMatchObject({ code: 0, cache: ['miss', 'miss'] });
    expect(await whyOf(1)).toEqual(['it was asked to run (--force)']);
    const [forced] = await repo.runIds();
    expect((await start()).stdout).toContain(`from cache, run ${forced}`);
    expect(await timesRun(repo, 'build')).toBe(3);
    const both = await runCli(['start', '--force', '--no-cache'], { cwd: repo.root });
    expect(both).toMatchObject({ code: 64 });
    expect(both.stderr).toContain('--no-cache stores nothing, and --force is there to store anew');
  });

  it('is told of globs that match nothing', async () => {
    await repo.write(
      'codex.orchestrator.json',
      pipeline(command('build', 'true', { cache: { inputs: ['src/**', 'tset/**'], outputs: ['dist/**'] } })),
    );
    const { stderr, stdout } = await start();
    const said = stdout + stderr;
    expect(said).toContain('warning: Stage "build": The input glob "tset/**" matches no file.\n');
    expect(said).toContain(
      'warning: The output glob "dist/**" of stage "build" matches no file that it has made.\n',
    );
  });

  it('is not stored when its outputs are files that git tracks', async () => {
    const git = (...args: string[]) => execFileSync('git', args, { cwd: repo.root });
    git('init', '-q');
    await repo.write('dist/a', 'tracked');
    git('add', 'dist/a');
    const { code, stdout, stderr } = await start();
    expect(code).toBe(0);
    expect(stdout + stderr).toContain(
      'warning: The result of stage "build" is not stored: git tracks dist/a, which its output globs match.\n',
    );
    expect((await profile()).stages[0]?.cache).toMatchObject({ result: 'miss', stored: false });
  });
});
