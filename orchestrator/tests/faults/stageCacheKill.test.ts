import { execFileSync } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { identifyProcess, probeProcess } from '../../src/storage/processIdentity.ts';
import { contentOf, runPipeline, type ToldRun } from '../pipeline/stageCache/pipelineRuns.ts';
import { eventually } from '../support/eventually.ts';
import { faultEnvironment, type Fault } from '../support/faults.ts';
import { runCli } from '../support/runCli.ts';
import { makeRepo, type SandboxRepo } from '../support/sandboxRepo.ts';
import { command, pipeline } from '../support/stageConfig.ts';

const repos: SandboxRepo[] = [];
afterEach(() => Promise.all(repos.splice(0).map((repo) => repo.cleanup())));

/** A build, which kills its run and outlives it where a file asks for that. */
const BUILD = command(
  'build',
  'rm -rf dist; cp -a src dist; ln -s a dist/link; test ! -e die || { echo $$ > pid; kill -9 $PPID; cat gate; }',
  {
    cache: { inputs: ['src/**'], outputs: ['dist/**'] },
  },
);

async function checkout(): Promise<SandboxRepo> {
  const repo = await makeRepo({ config: pipeline(BUILD), files: { 'src/a': 'one', 'src/b': 'two' } });
  repos.push(repo);
  return repo;
}

function run(repo: SandboxRepo, resume?: string): Promise<ToldRun> {
  return runPipeline(repo, {
    cacheDir: repo.path('.runs', '.cache'),
    ...(resume !== undefined && { resume }),
  });
}

/** Resolves with false when the run ended before the moment came. */
async function isKilled(repo: SandboxRepo, ...faults: Fault[]): Promise<boolean> {
  const { code, signal } = await runCli(['start'], { cwd: repo.root, env: faultEnvironment(...faults) });
  if (code === 0) return false;
  expect({ code, signal }).toEqual({ code: null, signal: 'SIGKILL' });
  return true;
}

/** Goes on with a run that was killed, or begins another one. */
async function goOn(repo: SandboxRepo, how: 'start' | 'resume'): Promise<void> {
  const [runId] = await repo.runIds();
  expect(await run(repo, how === 'resume' ? runId : undefined)).toMatchObject({ warnings: [] });
  expect(await repo.manifest()).toMatchObject({ status: 'succeeded' });
}

describe('a run that is killed with SIGKILL', () => {
  it('before whatever it writes or puts in place in the cache leaves nothing half-made that is used', async () => {
    const plain = await checkout();
    await runPipeline(plain, { cacheDir: null });
    const expected = await contentOf(plain);
    const killAndGoOn = async (operation: 'rename' | 'write', nth: number): Promise<boolean> => {
      const repo = await checkout();
      if (!(await isKilled(repo, { trigger: '/.cache/', operation, nth, kill: 'before' }))) return false;
      await goOn(repo, nth % 3 === 0 ? 'start' : 'resume');
      expect(await contentOf(repo)).toEqual(expected);
      // From the cache, if the build was stored before it was on record.
      await rm(repo.path('dist'), { recursive: true });
      await run(repo);
      expect(await contentOf(repo)).toEqual(expected);
      return true;
    };
    for (let kills = 0; ; kills += 1) {
      const outcomes = await Promise.all([killAndGoOn('rename', kills + 1), killAndGoOn('write', kills + 1)]);
      if (outcomes.every(Boolean)) continue;
      expect(kills).toBeGreaterThan(4);
      break;
    }
  });

  it('while it restores is made good by the next one, whatever state that is of', async () => {
    const repo = await checkout();
    const goTo = async (state: number): Promise<void> => {
      for (const name of ['a', 'c']) await writeFile(repo.path('src', name), `state ${state}`);
      if (state === 0) await writeFile(repo.path('src/b'), 'only here');
      else await rm(repo.path('src/b'), { force: true });
    };
    const expected: Record<string, string>[] = [];
    for (const state of [0, 1]) {
      await goTo(state);
      await run(repo);
      expected.push(await contentOf(repo));
    }
    for (const [trigger, least] of [
      ['/dist/', 2],
      ['/.cache/', 2],
    ] as const) {
      let kills = 0;
      for (; ; kills += 1) {
        await goTo(0);
        await run(repo);
        await goTo(1);
        if (!(await isKilled(repo, { trigger, operation: 'rename', nth: kills + 1, kill: 'before' }))) break;
        const next = kills % 2;
        await goTo(next);
        await goOn(repo, 'start');
        expect(await contentOf(repo)).toEqual(expected[next]);
      }
      expect(kills).toBeGreaterThanOrEqual(least);
    }
  });

  it('while a stage runs leaves nothing among its outputs to the results of other states', async () => {
    const repo = await checkout();
    await run(repo);
    const before = await contentOf(repo);
    await writeFile(repo.path('src/c'), 'new');
    await writeFile(repo.path('die'), '');
    execFileSync('mkfifo', [repo.path('gate')]);
    expect(await isKilled(repo)).toBe(true);
    const outlived = identifyProcess(Number(await repo.read('pid')));
    expect(await repo.read('dist/c')).toBe('new');
    await Promise.all([rm(repo.path('src/c')), rm(repo.path('die'))]);
    // Nobody knows what the command does that the killed run has left behind.
    expect((await run(repo)).warnings).toEqual([
      'The result of stage "build" is not stored: another run was at work on its outputs meanwhile.',
    ]);
    await writeFile(repo.path('gate'), '');
    await eventually(() => probeProcess(outlived) === 'dead');
    await Promise.all([rm(repo.path('gate')), rm(repo.path('pid'))]);
    await goOn(repo, 'start');
    expect(await contentOf(repo)).toEqual(before);
    expect((await run(repo)).hits).toEqual(['build']);
  });
});
