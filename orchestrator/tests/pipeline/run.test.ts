import { existsSync, lstatSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { assertNoProblems } from '../support/assertNoProblems.ts';
import { validateMetricsEntry } from '../support/metricsEntrySchema.ts';
import { runCli } from '../support/runCli.ts';
import { validateRunSummary } from '../support/runSummarySchema.ts';
import { makeRepo, type SandboxRepo } from '../support/sandboxRepo.ts';
import { command, pipeline } from '../support/stageConfig.ts';

let repo: SandboxRepo;
afterEach(() => repo.cleanup());

describe('a run of command stages', () => {
  it('leaves complete and valid evidence', async () => {
    repo = await makeRepo({ config: pipeline(command('hello', 'echo hello; echo problem >&2')) });
    const result = await runCli(['start'], { cwd: repo.root });
    expect(result).toMatchObject({ code: 0, stderr: '' });
    const [runId] = await repo.runIds();
    const manifest = await repo.manifest();
    expect(manifest).toMatchObject({
      run_id: runId,
      status: 'succeeded',
      status_detail: null,
      metrics_recorded: true,
      plan_target_id: 'diagnostics:hello',
      run_summary_path: `.runs/0101/cli/${runId}/run-summary.json`,
      summary: 'Guardrails: none found.',
      control_plane: { validation: { status: 'passed', errors: [] } },
      privacy: { totals: { total_frames: 4, allowed_frames: 4 } },
    });
    expect(manifest.commands).toMatchObject([
      {
        status: 'succeeded',
        exit_code: 0,
        summary: 'hello',
        log_path: `.runs/0101/cli/${runId}/commands/01-hello.ndjson`,
      },
    ]);
    expect(manifest.handles).toMatchObject([
      { status: 'closed', stage_id: 'hello', frame_count: 4, latest_sequence: 4 },
    ]);
    const summary: unknown = JSON.parse(await repo.read(`.runs/0101/cli/${runId}/run-summary.json`));
    assertNoProblems(validateRunSummary(summary));
    const entries = (await repo.read('.runs/0101/metrics.json')).trimEnd().split('\n');
    expect(entries).toHaveLength(1);
    assertNoProblems(validateMetricsEntry(JSON.parse(entries[0] ?? '')));
    for (const file of [`mcp/${runId}/manifest.json`, `${runId}/manifest.json`, 'metrics/baseline.json']) {
      expect(JSON.parse(await repo.read(`.runs/0101/${file}`))).toBeTypeOf('object');
    }
    expect(lstatSync(repo.path('.runs', 'local-mcp', runId ?? '', 'manifest.json')).isSymbolicLink()).toBe(
      true,
    );
    expect(JSON.parse(await repo.read('out/0101/runs.json'))).toMatchObject({
      taskId: '0101',
      runs: [{ runId }],
    });
    expect(JSON.parse(await repo.read('out/0101/control-plane/drift.json'))).toMatchObject({
      total_samples: 1,
    });
    expect(existsSync(repo.path('.runs', '0101', 'cli', runId ?? '', '.owner.lock'))).toBe(false);
  });

  it('journals every event but output, and keeps output bytes once, in the stage log', async () => {
    repo = await makeRepo({ config: pipeline(command('say', 'printf out; printf err >&2')) });
    await runCli(['start'], { cwd: repo.root });
    const journal = (await repo.journal()).lines.map((line) => line['type']);
    expect(journal).toEqual([
      'run:begin',
      'command:start',
      'exec:begin',
      'exec:end',
      'command:end',
      'run:end',
    ]);
    const log = (await repo.stageLog('01-say')).lines;
    const types = log.map((line) => line['type']);
    expect(types).toEqual([
      'command:start',
      'exec:begin',
      'exec:chunk',
      'exec:chunk',
      'exec:end',
      'command:end',
    ]);
    for (const line of log) expect(Object.keys(line).slice(-2)).toEqual(['timestamp', 'index']);
    const chunks = log.filter((line) => line['type'] === 'exec:chunk');
    expect(new Set(chunks.map((line) => line['data']))).toEqual(new Set(['err', 'out']));
    expect(chunks.map((line) => line['sequence'])).toEqual([1, 2]);
  });

  it('stops at the first failure, names it and leaves the rest pending', async () => {
    repo = await makeRepo({
      config: pipeline(
        command('one', 'true'),
        command('two', 'echo broken >&2; exit 3'),
        command('three', 'true'),
      ),
    });
    const result = await runCli(['start'], { cwd: repo.root });
    expect(result.code).toBe(1);
    const manifest = await repo.manifest();
    expect(manifest).toMatchObject({ status: 'failed', status_detail: 'stage:two:failed' });
    expect(manifest.commands.map((stage) => stage.status)).toEqual(['succeeded', 'failed', 'pending']);
    expect(manifest.summary).toBe('Stage "two" failed: Exited with code 3: broken\nGuardrails: none found.');
    const errorFile = manifest.commands[1]?.error_file ?? '';
    expect(JSON.parse(await repo.read(errorFile))).toMatchObject({
      command_index: 2,
      command_id: 'two',
      command: 'echo broken >&2; exit 3',
      reason: 'command-failed',
      details: { exit_code: 3, sandbox_state: 'sandboxed', stderr: 'broken\n' },
    });
    expect(result.stdout).toContain('broken');
    expect(result.stdout).toContain('commands/02-two.ndjson');
  });

  it('tolerates failures where it is told to, and prefers the hint as summary', async () => {
    repo = await makeRepo({
      config: pipeline(
        command('lenient', 'exit 9', { allowFailure: true }),
        command('hinted', 'echo ignored', { summaryHint: 'as hinted' }),
      ),
    });
    expect((await runCli(['start'], { cwd: repo.root })).code).toBe(0);
    const { commands, status } = await repo.manifest();
    expect(status).toBe('succeeded');
    expect(commands).toMatchObject([
      { status: 'skipped', exit_code: 9, error_file: null },
      { status: 'succeeded', summary: 'as hinted' },
    ]);
  });

  it('records a signal death as exit code 128', async () => {
    repo = await makeRepo({ config: pipeline(command('dies', 'kill -9 $$')) });
    expect((await runCli(['start'], { cwd: repo.root })).code).toBe(1);
    expect((await repo.manifest()).commands[0]).toMatchObject({
      exit_code: 128,
      summary: 'Ended by signal SIGKILL',
    });
  });

  it('gives stages their environment and directory', async () => {
    const print =
      'printf "%s\\n" "$CODEX_ORCHESTRATOR_RUN_ID" "$CODEX_ORCHESTRATOR_TASK_ID" "$EXTRA" "$DESIGN_CONFIG_PATH"; pwd';
    repo = await makeRepo({
      config: pipeline(command('env', print, { cwd: 'sub', env: { EXTRA: 'yes' } })),
      files: { 'sub/.keep': '' },
    });
    expect((await runCli(['start', '--task', 't-1'], { cwd: repo.root })).code).toBe(0);
    const [runId] = await repo.runIds('t-1');
    const { lines } = await repo.stageLog('01-env', { taskId: 't-1' });
    const chunks = lines.filter((line) => line['type'] === 'exec:chunk');
    expect(chunks.map(({ data }) => data).join('')).toBe(
      `${runId}\nt-1\nyes\n${repo.path('design.config.yaml')}\n${repo.path('sub')}\n`,
    );
  });

  it('marks a target that the environment names only where the pipeline has it', async () => {
    repo = await makeRepo({ config: pipeline(command('one', 'true'), command('two', 'true')) });
    const start = (target: string) =>
      runCli(['start'], { cwd: repo.root, env: { CODEX_ORCHESTRATOR_TARGET_STAGE: target } });
    expect((await start('two')).code).toBe(0);
    expect((await repo.manifest()).plan_target_id).toBe('diagnostics:two');
    expect((await start('of-another-pipeline')).code).toBe(0);
    expect((await repo.manifest()).plan_target_id).toBe('diagnostics:one');
  });

  it('replaces the manifest of a 10-stage run at most 6 times', async () => {
    const stages = Array.from({ length: 10 }, (_, offset) => command(`s${offset}`, 'true'));
    repo = await makeRepo({
      config: pipeline(...stages),
      files: {
        'count.cjs': `const fs = require('fs'), p = require('path'), log = p.join(__dirname, 'renames');
          const note = (to) => { if (String(to).includes('/cli/') && String(to).endsWith('/manifest.json')) fs.appendFileSync(log, 'x'); };
          const { rename, renameSync } = fs;
          fs.rename = (from, to, done) => { note(to); return rename(from, to, done); };
          fs.renameSync = (from, to) => { note(to); return renameSync(from, to); };`,
      },
    });
    const preload = `--require ${repo.path('count.cjs')}`;
    expect((await runCli(['start'], { cwd: repo.root, env: { NODE_OPTIONS: preload } })).code).toBe(0);
    const replaces = (await repo.read('renames')).length;
    expect(replaces).toBeGreaterThanOrEqual(2);
    expect(replaces).toBeLessThanOrEqual(6);
  });
});

describe('attempts', () => {
  it('retries, records every attempt and marks a late pass as flaky', async () => {
    const failOnce = 'if [ -e tried ]; then echo fine; else touch tried; echo no >&2; exit 1; fi';
    repo = await makeRepo({ config: pipeline(command('shaky', failOnce, { retries: 2 })) });
    const result = await runCli(['start'], { cwd: repo.root });
    expect(result.code).toBe(0);
    expect(result.stdout).toContain('flaky');
    const manifest = await repo.manifest();
    expect(manifest.commands[0]).toMatchObject({
      status: 'succeeded',
      summary: 'Passed on attempt 2 of 3 (flaky). fine',
    });
    expect(manifest.handles).toHaveLength(2);
    expect(manifest.summary).toContain('Stage "shaky": Passed on attempt 2 of 3 (flaky)');
    const retries = (await repo.journal()).lines.filter((line) => line['type'] === 'exec:retry');
    expect(retries).toMatchObject([{ attempt: 1, error: 'exit code 1' }]);
  });

  it('ends a stage that takes too long', async () => {
    repo = await makeRepo({ config: pipeline(command('slow', 'sleep 60', { timeoutSeconds: 0.2 })) });
    expect((await runCli(['start'], { cwd: repo.root })).code).toBe(1);
    expect((await repo.manifest()).commands[0]).toMatchObject({
      status: 'failed',
      exit_code: 128,
      summary: 'Timed out after 0.2 s',
    });
  });
});

describe('sub-pipelines', () => {
  const withChild = (stage: object, childCommand: string): object => ({
    pipelines: [
      { id: 'parent', title: 'Parent', guardrailsRequired: false, stages: [stage] },
      { id: 'child', title: 'Child', guardrailsRequired: false, stages: [command('inner', childCommand)] },
    ],
  });

  it('run as child runs of their own', async () => {
    repo = await makeRepo({
      config: withChild({ kind: 'subpipeline', id: 'sub', title: 'Sub', pipeline: 'child' }, 'true'),
    });
    expect((await runCli(['start', 'parent'], { cwd: repo.root })).code).toBe(0);
    const [childId, parentId] = await repo.runIds();
    const parent = await repo.manifest({ runId: parentId ?? '' });
    const child = await repo.manifest({ runId: childId ?? '' });
    expect(parent.commands[0]).toMatchObject({
      status: 'succeeded',
      sub_run_id: childId,
      command: null,
      exit_code: null,
    });
    expect(parent.child_runs).toMatchObject([{ run_id: childId, pipeline_id: 'child', status: 'succeeded' }]);
    expect(child.parent_run_id).toBe(parentId);
  });

  it('may fail when they are optional', async () => {
    repo = await makeRepo({
      config: withChild(
        { kind: 'subpipeline', id: 'sub', title: 'Sub', pipeline: 'child', optional: true },
        'exit 1',
      ),
    });
    expect((await runCli(['start', 'parent'], { cwd: repo.root })).code).toBe(0);
    const [childId, parentId] = await repo.runIds();
    const parent = await repo.manifest({ runId: parentId ?? '' });
    expect(parent).toMatchObject({
      status: 'succeeded',
      child_runs: [{ run_id: childId, status: 'failed' }],
      summary:
        'Stage "Sub" failed and was tolerated: Stage "inner" failed: Exited with code 1\nGuardrails: none found.',
    });
    expect(parent.commands[0]).toMatchObject({ status: 'skipped', sub_run_id: childId });
  });

  it('fail their parent otherwise', async () => {
    repo = await makeRepo({
      config: withChild({ kind: 'subpipeline', id: 'sub', title: 'Sub', pipeline: 'child' }, 'exit 1'),
    });
    expect((await runCli(['start', 'parent'], { cwd: repo.root })).code).toBe(1);
    const [, parentId] = await repo.runIds();
    expect(await repo.manifest({ runId: parentId ?? '' })).toMatchObject({
      status: 'failed',
      status_detail: 'subpipeline:child:failed',
    });
  });
});

describe('guardrails', () => {
  it('count when a spec-guard stage succeeded', async () => {
    repo = await makeRepo({
      config: pipeline(command('spec-guard', 'true')),
    });
    await runCli(['start'], { cwd: repo.root });
    const manifest = await repo.manifest();
    expect(manifest.guardrail_status).toMatchObject({ present: true, counts: { total: 1, succeeded: 1 } });
    expect(manifest.summary).toMatch(/^Guardrails: /);
  });
});
