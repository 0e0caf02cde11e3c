import fs from 'node:fs';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { makeRepo, type SandboxRepo } from '../../support/sandboxRepo.ts';
import { command, pipeline } from '../../support/stageConfig.ts';
import { runPipeline, type ToldRun } from './pipelineRuns.ts';

let repo: SandboxRepo;
beforeEach(async () => {
  repo = await makeRepo({
    config: pipeline(
      command('build', 'cat src/* > made', { cache: { inputs: ['src/**'], outputs: ['made'] } }),
    ),
    files: { 'src/a': '111', 'src/b': '000' },
  });
});
afterEach(() => {
  vi.useRealTimers();
  return repo.cleanup();
});

const run = (): Promise<ToldRun> => runPipeline(repo, { cacheDir: repo.path('.runs', '.cache') });
const DAY_MS = 86_400_000;

/** Another content of the same size, and the time that the file had before. */
function editUnseen(content: string, mtime = fs.statSync(repo.path('src/a')).mtime): void {
  fs.writeFileSync(repo.path('src/a'), content);
  fs.utimesSync(repo.path('src/a'), mtime, mtime);
}

async function expectNoticed(content: string): Promise<void> {
  expect(await run()).toMatchObject({ hits: [], warnings: [] });
  expect(await repo.read('made')).toBe(`${content}000`);
}

it('an edit right behind a run that leaves size and time of a file is noticed', async () => {
  await run();
  editUnseen('222');
  await expectNoticed('222');
  editUnseen('333');
  await expectNoticed('333');
  editUnseen('222');
  expect((await run()).hits).toEqual(['build']);
  expect(await repo.read('made')).toBe('222000');
});

it('so is one of a file from the future', async () => {
  editUnseen('111', new Date(Date.now() + DAY_MS));
  await run();
  expect((await run()).hits).toEqual(['build']);
  editUnseen('222');
  await expectNoticed('222');
});

it('results are found and edits are noticed when the clock was set back', async () => {
  await run();
  vi.useFakeTimers({ now: Date.now() - DAY_MS, toFake: ['Date'] });
  fs.rmSync(repo.path('made'));
  expect(await run()).toMatchObject({ hits: ['build'], warnings: [] });
  expect(await repo.read('made')).toBe('111000');
  editUnseen('222');
  await expectNoticed('222');
  vi.useRealTimers();
  editUnseen('111');
  expect((await run()).hits).toEqual(['build']);
  expect(await repo.read('made')).toBe('111000');
});
