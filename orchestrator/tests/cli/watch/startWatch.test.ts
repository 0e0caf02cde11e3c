import fs from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startFakeStageServer, type FakeStageServer } from '../../support/fakeStageServer.ts';
import { runCli, startCli } from '../../support/runCli.ts';
import { makeRepo, type SandboxRepo } from '../../support/sandboxRepo.ts';
import { command, pipeline } from '../../support/stageConfig.ts';

let server: FakeStageServer;
let repo: SandboxRepo;

beforeEach(async () => {
  server = await startFakeStageServer();
  repo = await makeRepo({ files: { 'src/a.ts': 'a', 'docs/a.md': 'a' } });
});
afterEach(async () => {
  await server.close();
  await repo.cleanup();
});

/** Status and summary of all runs, oldest first. */
async function runs(): Promise<[string, string][]> {
  const ids = (await repo.runIds()).toReversed();
  const manifests = await Promise.all(ids.map((runId) => repo.manifest({ runId })));
  return manifests.map(({ status, summary }) => [status, (summary ?? '').split('\n')[0] ?? '']);
}

test('runs follow changes of what stages read, and of the configuration', async () => {
  const config = (...more: object[]): object =>
    pipeline(command('test', server.command('test'), { cache: { inputs: ['src/**'] } }), ...more);
  await repo.write('codex.orchestrator.json', config());
  const cli = startCli(['start', '--watch', '--force'], { cwd: repo.root, env: server.env });

  await server.stage('test');
  await repo.write('docs/a.md', 'b');
  await repo.write('.a.ts.new', 'b');
  fs.renameSync(repo.path('.a.ts.new'), repo.path('src/a.ts'));
  await (await server.stage('test')).exit();
  await cli.waitForStdout('Watching 1 file for changes (Ctrl-C to stop).\n');

  await repo.write('codex.orchestrator.json', '{');
  await cli.waitForStderr('error: codex.orchestrator.json is invalid.\n');
  await repo.write('codex.orchestrator.json', config(command('more', server.command('more'))));
  // What was to be made anew is: the first stage comes from the cache.
  await server.stage('more');
  cli.kill('SIGINT');

  const { code, stdout } = await cli.exited;
  expect(code).toBe(130);
  expect(stdout).toContain('Stopping (files have changed), at most 5.0 s\n');
  expect(stdout.match(/^Changed: .*$/gm)).toEqual([
    'Changed: src/a.ts. Touches every stage.',
    'Changed: the configuration.',
    'Changed: the configuration.',
  ]);
  expect(await runs()).toEqual([
    ['cancelled', 'Stage "test" failed: Cancelled (superseded)'],
    ['succeeded', expect.any(String)],
    ['cancelled', 'Stage "more" failed: Cancelled (SIGINT)'],
  ]);
});

test('a configuration that is broken during a run is told after it, and has it run to its end', async () => {
  const config = (...more: object[]): object => pipeline(command('any', server.command('any')), ...more);
  await repo.write('codex.orchestrator.json', config());
  const cli = startCli(['start', '--watch'], { cwd: repo.root, env: server.env });
  const stage = await server.stage('any');
  await repo.write('codex.orchestrator.json', '{');
  await stage.exit();
  await cli.waitForStderr('error: codex.orchestrator.json is invalid.\n');
  await cli.waitForStdout('Watching');
  cli.kill();
  const { stdout } = await cli.exited;
  expect(stdout).not.toContain('Changed');
  expect((await runs()).map(([status]) => status)).toEqual(['succeeded']);
});

test('a stage that writes a tracked file anew each time does not keep it spinning', async () => {
  await repo.write('codex.orchestrator.json', pipeline(command('stamp', 'date +%s%N > stamp')));
  const cli = startCli(['start', '--watch'], { cwd: repo.root });
  await cli.waitForStderr('started for it.\n');
  await cli.waitForStdout('Watching');
  expect((await repo.runIds()).length).toBe(5);

  await repo.write('src/a.ts', 'b');
  await cli.waitForStdout(/Watching[^]*Watching/);
  cli.kill('SIGTERM');
  const { code, stderr } = await cli.exited;
  expect([code, (await repo.runIds()).length, stderr.split('\n')[0]]).toEqual([
    143,
    6,
    'warning: Changed in each of the last runs while they were going on: stamp. A stage seems to write it, so no further run is started for it.',
  ]);
});

test.each([
  [
    ['--format', 'json'],
    '--format json prints one document, and with --watch there is one run after another.',
  ],
  [['rlm', '--goal', 'x'], '--watch is not for loops, and pipeline "rlm" has one.'],
])('%j does not go with --watch', async (more, message) => {
  const { code, stderr } = await runCli(['start', '--watch', ...more], { cwd: repo.root });
  expect([code, stderr.split('\n')[0]]).toEqual([64, `error: ${message}`]);
  expect(await repo.runIds()).toEqual([]);
});
