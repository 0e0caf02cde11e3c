import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runCli } from '../../support/runCli.ts';
import { makeRepo, type SandboxRepo } from '../../support/sandboxRepo.ts';
import { command } from '../../support/stageConfig.ts';

let repo: SandboxRepo;

beforeEach(async () => {
  const cache = { inputs: ['dist/**'] };
  repo = await makeRepo({
    config: {
      pipelines: [
        {
          id: 'diagnostics',
          guardrailsRequired: false,
          stages: [
            command('test', 'cat dist/*', { needs: ['build'], cache }),
            command('build', 'rm -rf dist; cp -r src dist', {
              needs: [],
              cache: { inputs: ['src/**'], outputs: ['dist/**'] },
            }),
            command('stamp', 'true', { needs: [] }),
            { kind: 'subpipeline', id: 'docs', title: 'Docs', pipeline: 'docs', needs: ['stamp'] },
          ],
        },
        {
          id: 'docs',
          guardrailsRequired: false,
          stages: [command('links', 'cat src/*', { cache: { inputs: ['src/**'] } })],
        },
      ],
    },
    files: { 'src/a': 'a' },
  });
});
afterEach(() => repo.cleanup());

async function explain(): Promise<string[]> {
  const { code, stdout } = await runCli(['plan', '--explain'], { cwd: repo.root });
  expect(code).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  return lines.slice(lines.indexOf('A run now:') + 1).map((line) => line.slice(2));
}

it('tells what would be restored, what would run, and why, without running anything', async () => {
  expect(await explain()).toEqual([
    'test: runs, unless build changes what it depends on',
    '   no entry has been stored before',
    'build: runs',
    '   no entry has been stored before',
    'stamp: runs, as it always does (it has no cache)',
    'docs › links: runs, unless stamp changes what it depends on',
    '   no entry has been stored before',
  ]);
  expect(await repo.runIds()).toEqual([]);

  await runCli(['start'], { cwd: repo.root });
  const [top] =
    (await runCli(['runs', '--pipeline', 'diagnostics', '--format', 'json'], { cwd: repo.root })).stdout
      .match(/"run_id": ?"([^"]+)"/)
      ?.slice(1) ?? [];
  const lines = await explain();
  expect(lines.slice(0, 3)).toEqual([
    `test: is restored from run ${top}`,
    `build: is restored from run ${top}`,
    'stamp: runs, as it always does (it has no cache)',
  ]);
  expect(lines[3]).toMatch(
    /^docs › links: is restored from run \S+, unless stamp changes what it depends on$/,
  );
  expect(lines).toHaveLength(4);
});

it('looks through what is not in place, and names what has changed', async () => {
  await runCli(['start'], { cwd: repo.root });
  await rm(repo.path('dist'), { recursive: true });
  expect(await explain()).toContain('test: runs, unless build changes what it depends on');
  await repo.write('src/a', 'A');
  const { stdout } = await runCli(['plan', '--explain', '--format', 'json'], { cwd: repo.root });
  expect(JSON.parse(stdout)).toMatchObject({
    forecasts: [
      {
        stage: ['test'],
        forecast: 'runs',
        why: ['input dist/a is gone', 'needed stage build changed'],
        unless: ['build'],
      },
      { stage: ['build'], forecast: 'runs', why: ['input src/a changed'], source_run_id: null },
      { stage: ['stamp'], forecast: 'always-runs', key: null },
      { stage: ['docs', 'links'], forecast: 'runs', why: ['input src/a changed'] },
    ],
  });
});

it('knows what keeps a result from being restored', async () => {
  await runCli(['start'], { cwd: repo.root });
  await repo.write('src/b', 'b');
  await runCli(['start'], { cwd: repo.root });
  await rm(repo.path('src/b'));
  expect((await explain())[2]).toMatch(/^build: is restored from run/);
  await repo.write('dist/b', 'by hand');
  expect(await explain()).toContain('   dist/b was edited since another result has left it');
});
