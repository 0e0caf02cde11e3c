import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readJsonLinesFile } from '../support/jsonLinesFile.ts';
import { runCli } from '../support/runCli.ts';
import { makeRepo, type SandboxRepo } from '../support/sandboxRepo.ts';
import { countedStage, pipeline, timesRun } from '../support/stageConfig.ts';
import { assertIntact, runsInAggregates } from './evidence.ts';

let repo: SandboxRepo;
afterEach(() => repo.cleanup());

/** Run ids of the entries in `metrics.json` and in the pending queue. */
async function recordedRuns(): Promise<string[]> {
  const taskDir = path.join(repo.runsRoot, '0101');
  const pending = path.join(taskDir, 'metrics.pending');
  const queued = (await readdir(pending).catch(() => [])).map((name) => path.join(pending, name));
  const files = [path.join(taskDir, 'metrics.json'), ...queued];
  const read = await Promise.all(files.map(readJsonLinesFile));
  expect(read.map(({ torn }) => torn)).toEqual(files.map(() => ''));
  return read.flatMap(({ lines }) => lines.map((line) => String(line['run_id'])));
}

describe.each([2, 20])('%i starts of one task at once', (count) => {
  it('all succeed, and each is recorded once', { timeout: 60_000 }, async () => {
    repo = await makeRepo({ config: pipeline(countedStage('one')) });
    const starts = Array.from({ length: count }, () =>
      runCli(['start'], { cwd: repo.root, timeoutMs: 50_000 }),
    );
    const results = await Promise.all(starts);
    expect(results.map(({ code }) => code)).toEqual(results.map(() => 0));
    expect(results.map(({ stderr }) => stderr).join('')).not.toMatch(/error|^ +at /m);

    const runIds = await repo.runIds();
    expect(runIds).toHaveLength(count);
    for (const runId of runIds) {
      expect(await repo.manifest({ runId })).toMatchObject({ status: 'succeeded', run_id: runId });
    }
    expect(await timesRun(repo, 'one')).toBe(count);
    expect((await recordedRuns()).toSorted()).toEqual(runIds.toSorted());
    await assertIntact(repo.runsRoot, repo.outRoot);

    // Whatever still waited in the queue comes in with the next run.
    expect(await runCli(['start'], { cwd: repo.root })).toMatchObject({ code: 0 });
    expect(await runsInAggregates(repo)).toBe(count + 1);
  });
});
