import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { copyFixture, pathWithStandIns } from './support/fixtureRepo.ts';
import type { FixtureName } from './support/fixtureRepo.ts';
import { readJsonLinesFile } from './support/jsonLinesFile.ts';
import { validateMetricsEntry } from './support/metricsEntrySchema.ts';
import { runCli } from './support/runCli.ts';
import { validateRunSummary } from './support/runSummarySchema.ts';
import type { SandboxRepo } from './support/sandboxRepo.ts';

let repo: SandboxRepo;

afterEach(() => repo.cleanup());

/** Runs the main job on a sample repository that has no configuration. */
async function diagnose(name: FixtureName, broken: Record<string, string> = {}) {
  repo = await copyFixture(name);
  for (const [file, text] of Object.entries(broken)) await repo.write(file, text);
  const env = { PATH: pathWithStandIns() };
  return runCli(['start', 'diagnostics', '--format', 'json'], { cwd: repo.root, env });
}

it.each<[FixtureName, string[], string]>([
  ['npm-app', ['npm run build', 'npm run lint', 'npm run test'], 'pass 2'],
  ['pnpm-workspace', ['pnpm run build', 'pnpm run lint', 'pnpm run test'], 'pass 2'],
  ['yarn-lib', ['yarn run typecheck', 'yarn run test'], 'pass 2'],
  ['python-lib', ['python -m pytest'], '2 passed (found, not run)'],
  ['go-service', ['go build ./...', 'go vet ./...', 'go test ./...'], 'ok  \texample.com/go-service/greet'],
])('diagnoses %s and leaves valid evidence', async (name, commands, lastOutput) => {
  const result = await diagnose(name);
  expect(result).toMatchObject({ code: 0, signal: null });
  const manifest = await repo.manifest();
  expect(JSON.parse(result.stdout)).toMatchObject({ run_id: manifest.run_id, status: 'succeeded' });
  expect(manifest).toMatchObject({ status: 'succeeded', status_detail: null, metrics_recorded: true });
  expect(manifest.commands.map(({ command }) => command)).toEqual(commands);
  expect(manifest.commands.every(({ status, exit_code }) => status === 'succeeded' && exit_code === 0)).toBe(
    true,
  );

  const last = await readJsonLinesFile(repo.path(manifest.commands.at(-1)?.log_path ?? ''));
  const output = last.lines.map(({ type, data }) => (type === 'exec:chunk' ? String(data) : '')).join('');
  expect(output).toContain(lastOutput);

  const summary: unknown = JSON.parse(await repo.read(manifest.run_summary_path ?? ''));
  expect(validateRunSummary(summary)).toEqual([]);
  const metrics = await readJsonLinesFile(path.join(repo.runsRoot, '0101/metrics.json'));
  expect(metrics.lines.map(validateMetricsEntry)).toEqual([[]]);
  expect((await repo.journal()).torn).toBe('');
});

it('says in every place that a sample repository is broken', async () => {
  const result = await diagnose('pnpm-workspace', {
    'packages/area/src/index.js': 'export const area = () => 0;\n',
  });
  expect(result.code).toBe(1);
  const manifest = await repo.manifest();
  expect(JSON.parse(result.stdout)).toMatchObject({ run_id: manifest.run_id, status: 'failed' });
  expect(manifest).toMatchObject({ status: 'failed', status_detail: 'stage:test:failed' });
  expect(manifest.commands.map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'failed']);
  const error: unknown = JSON.parse(
    await readFile(repo.path(manifest.commands[2]?.error_file ?? ''), 'utf8'),
  );
  expect(error).toMatchObject({ run_id: manifest.run_id, command_id: 'test', reason: 'command-failed' });
});
