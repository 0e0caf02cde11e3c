import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runMetrics } from '../../../src/cli/commands/metrics.ts';
import { updateMetricsAggregates } from '../../../src/cli/metrics/metricsAggregator.ts';
import { type TaskEnvironment, taskPaths } from '../../../src/run/paths.ts';
import {
  aggregate,
  aggregatePath,
  createTask,
  entryOf,
  jsonLines,
  readObject,
  writeHistory,
  writePending,
} from '../../support/metricsHistory.ts';
import { runCli } from '../../support/runCli.ts';
import { memoryStream } from '../present/memoryStream.ts';
import { runMain } from '../runMain.ts';

let env: TaskEnvironment;
beforeEach(() => {
  env = createTask('0101');
});
afterEach(() => fs.rmSync(env.repoRoot, { recursive: true, force: true }));

function metrics(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return runMain(['metrics', ...argv], { cwd: env.repoRoot });
}

/** An entry of a run without tokens that took so many seconds. */
function lasting(
  index: number,
  seconds: number,
  status: 'succeeded' | 'failed' | 'cancelled' = 'succeeded',
): object {
  return {
    ...entryOf(1, status),
    run_id: `run-${index}`,
    duration_seconds: seconds,
    token_total: 0,
    tfgrpo_epoch: null,
  };
}

async function record(entries: object[]): Promise<void> {
  writeHistory(env, jsonLines(entries));
  await updateMetricsAggregates(env);
}

it('shows all runs, the newest ones with bars and marks, and says when nothing is missing', async () => {
  const seconds = [10, 20, 30, 80, 10];
  await record([
    ...seconds.map((each, at) => lasting(at, each)),
    lasting(8, 45, 'failed'),
    lasting(9, 10, 'cancelled'),
  ]);
  expect(await metrics()).toEqual({
    code: 0,
    stderr: '',
    stdout: [
      'Metrics of task 0101',
      '  Runs:      7, 5 succeeded (71.4 %), goal of 95 % missed',
      '  Duration:  mean 29.3 s; the first run (run-0) took 10.0 s: 193 % more; the goal is 40 % less',
      '  Evidence:  complete',
      'Last 7 runs, oldest first: 5 succeeded (71.4 %), 1 failed, 1 cancelled',
      '  ▁▂▃█▁▅▁',
      '       ✗○',
      '  ▁ 10.0 s, █ 1m 20s, ✗ failed, ○ not succeeded',
      '  p50 20.0 s, p95 1m 20s',
      '',
    ].join('\n'),
  });
});

it('shows as many of the newest runs as asked for, each once, with its tokens', async () => {
  await record([entryOf(1, 'succeeded'), entryOf(2, 'succeeded'), entryOf(1, 'succeeded')]);
  expect((await metrics('--last', '1')).stdout).toBe(
    [
      'Metrics of task 0101',
      '  Runs:      2, 2 succeeded (100 %), goal of 95 % met',
      '  Duration:  mean 5m 00s; the first run (run-1) took 5m 00s: the same; the goal is 40 % less',
      '  Evidence:  complete',
      '  Tokens:    203 in the runs of 2 epochs, 0.20 USD',
      'Last run: 1 succeeded (100 %)',
      '  ▅',
      '  p50 5m 00s, p95 5m 00s, 102 tokens',
      '',
    ].join('\n'),
  );
  expect((await metrics('--last', '0')).stdout).not.toContain('Last');
});

it('says what is queued, what is not counted yet and what is damaged', async () => {
  await record([lasting(1, 10), { ...lasting(2, 5), privacy_events: [], control_plane_status: 'unknown' }]);
  fs.appendFileSync(taskPaths(env).metricsPath, jsonLines([lasting(3, 10), lasting(4, 10)]));
  writePending(env, 'one.jsonl', jsonLines([lasting(5, 10)]));
  fs.writeFileSync(aggregatePath(env, 'state'), '{');
  expect((await metrics()).stdout.split('\n').slice(2)).toEqual([
    '  Duration:  mean 7.5 s; the first run (run-1) took 10.0 s: 25 % less; the goal is 40 % less',
    '  Evidence:  33.3 % missing: privacy_events of 1 run, control_plane_status of 1 run',
    'Last 4 runs, oldest first: 4 succeeded (100 %)',
    '  █▁██',
    '  ▁ 5.0 s, █ 10.0 s',
    '  p50 10.0 s, p95 10.0 s',
    'note: 1 entry waits in .runs/0101/metrics.pending: the next run counts them, or `codex-orchestrator metrics repair`.',
    'note: the aggregates are behind by 2 lines of metrics.json: the next run counts them, or `codex-orchestrator metrics repair`.',
    'note: out/0101/state.json is damaged: `codex-orchestrator metrics rebuild` writes it anew.',
    '',
  ]);
  fs.rmSync(`${taskPaths(env).aggregatesDir}/checkpoint.ndjson`);
  expect((await metrics()).stdout).toContain(
    'note: the aggregates may be behind (there was no checkpoint): the next run counts all again, or `codex-orchestrator metrics rebuild`.\n',
  );
});

it('shows the newest bars that fit the width of the terminal, and colours them unless told not to', async () => {
  await record(
    Array.from({ length: 25 }, (_, at) =>
      lasting(at, at === 0 ? 9 : 10, at === 24 ? 'failed' : at === 1 ? 'cancelled' : 'succeeded'),
    ),
  );
  const show = async (processEnv: NodeJS.ProcessEnv): Promise<string> => {
    const stdout = memoryStream({ columns: 23, isTTY: true });
    const context = {
      argv: [],
      env: processEnv,
      cwd: env.repoRoot,
      stdout,
      stderr: stdout,
      now: () => new Date(),
    };
    await runMetrics({ action: 'show', task: undefined, last: 25, format: 'text' }, context);
    return stdout.text();
  };
  expect(await show({ NO_COLOR: '1' })).toContain(
    `\n  ${'▅'.repeat(20)}\n${' '.repeat(21)}✗\n  the newest 20 of them, ✗ failed\n`,
  );
  expect(await show({})).toContain(`\u001b[31m${' '.repeat(19)}✗\u001b[39m`);
});

it('is friendly when there is nothing yet, and writes nothing', async () => {
  const begin = `No metrics of task "0101" in ${env.runsRoot} yet: they begin with the first run that ends.\n`;
  expect(await metrics()).toEqual({ code: 0, stdout: begin, stderr: '' });
  expect(await metrics('rebuild')).toMatchObject({
    code: 0,
    stdout: 'Nothing to count: task "0101" has not recorded any run yet.\n',
  });
  expect(await metrics('repair')).toMatchObject({
    code: 0,
    stdout: 'Nothing to repair: task "0101" has neither runs nor metrics.\n',
  });
  const verified = await metrics('verify');
  expect(verified.stdout).toBe('Nothing to verify: there are no metrics of task "0101" yet.\n');
  expect(verified.code).toBe(0);
  expect(JSON.parse((await metrics('--format', 'json')).stdout)).toMatchObject({
    task_id: '0101',
    aggregates: { post_rollout: null },
    last: { total_runs: 0, completion_rate: null, runs: [] },
    behind: null,
  });
  expect(fs.readdirSync(env.repoRoot)).toEqual([]);
});

it('prints one JSON document', async () => {
  await record([lasting(1, 10), lasting(2, 20, 'failed')]);
  fs.appendFileSync(taskPaths(env).metricsPath, jsonLines([lasting(3, 30)]));
  const { stdout } = await metrics('show', '--last', '2', '--format', 'json');
  expect(JSON.parse(stdout)).toMatchObject({
    task_id: '0101',
    aggregates: {
      baseline: { run_id: 'run-1' },
      post_rollout: { total_runs: 2, succeeded_runs: 1 },
      per_epoch: null,
    },
    damaged: [],
    last: {
      total_runs: 2,
      succeeded_runs: 1,
      completion_rate: 0.5,
      duration_p50_seconds: 20,
      duration_p95_seconds: 30,
      token_total: 0,
      runs: [
        { run_id: 'run-2', status: 'failed', duration_seconds: 20, token_total: 0 },
        { run_id: 'run-3', status: 'succeeded', duration_seconds: 30, token_total: 0 },
      ],
    },
    queued: 0,
    behind: { lines: 1, reason: null },
  });
});

it('rebuilds from the whole history, and says what it counted', async () => {
  await record([lasting(1, 10), entryOf(2, 'succeeded')]);
  fs.writeFileSync(aggregatePath(env, 'post-rollout'), '{"total_runs":9}');
  writeHistory(env, jsonLines([lasting(1, 10)]));
  writePending(env, 'one.jsonl', jsonLines([lasting(5, 10), lasting(6, 10)]));
  const { code, stdout } = await metrics('rebuild');
  expect(code).toBe(0);
  const { size } = fs.statSync(taskPaths(env).metricsPath);
  expect(stdout.replace(/in \d+ ms/, 'in 5 ms')).toBe(
    [
      'Took 2 entries out of the queue.',
      'Removed .runs/0101/metrics/per-epoch.json: the history has nothing that it could be about.',
      `Counted 3 runs of task 0101 anew, from ${size.toLocaleString('en')} bytes of history, in 5 ms.`,
      '',
    ].join('\n'),
  );
  expect((await metrics('verify')).code).toBe(0);
});

it.each([
  ['gone', null],
  ['without a line that counts', '{"torn\n\n'],
])('removes with rebuild what a history says no more that is %s', async (_name, text) => {
  await record([lasting(1, 10), entryOf(2, 'succeeded')]);
  if (text === null) fs.rmSync(taskPaths(env).metricsPath);
  else writeHistory(env, text);
  expect((await metrics()).stdout).toContain('or `codex-orchestrator metrics rebuild`.\n');
  expect((await metrics('verify')).code).toBe(1);
  const { code, stdout } = await metrics('rebuild');
  expect(code).toBe(0);
  expect(stdout.split('\n')).toEqual([
    ...['baseline', 'post-rollout', 'completeness', 'per-epoch', 'mttr-delta', 'state'].map(
      (name) =>
        `Removed ${path.relative(env.repoRoot, aggregatePath(env, name))}: the history has nothing that it could be about.`,
    ),
    'There is no run of task "0101" to count: metrics.json is missing, or no line of it counts.',
    '',
  ]);
  expect(fs.readdirSync(taskPaths(env).aggregatesDir)).toEqual([]);
  expect((await metrics()).stdout).toMatch(/^No metrics of task "0101" [^\n]+\n$/);
  expect((await metrics('verify')).code).toBe(0);
});

it('keeps an index of runs of an old version that lies where an aggregate belongs', async () => {
  await record([lasting(1, 10)]);
  fs.rmSync(taskPaths(env).metricsPath);
  const runs = [{ runId: 'old', timestamp: '2025-11-05T01:05:00.000Z' }];
  fs.writeFileSync(aggregatePath(env, 'state'), JSON.stringify({ taskId: '0101', runs }));
  await metrics('rebuild');
  expect(readObject(taskPaths(env).runsIndexPath)).toMatchObject({ runs });
});

it.each(['{"half', '{}', '[]'])('writes a baseline anew with rebuild that is %j', async (text) => {
  await record([lasting(1, 10), lasting(2, 20)]);
  fs.writeFileSync(aggregatePath(env, 'baseline'), text);
  const damaged = '.runs/0101/metrics/baseline.json';
  expect((await metrics()).stdout).toContain(
    `note: ${damaged} is damaged: \`codex-orchestrator metrics rebuild\` writes it anew.\n`,
  );
  expect((await metrics('verify')).stdout).toContain(`${damaged}: it is damaged\n`);
  const { stdout } = await metrics('rebuild');
  expect(stdout).toContain(`Wrote ${damaged} anew: it could not be understood.\nCounted 2 runs of`);
  expect(aggregate(env, 'baseline')).toMatchObject({ run_id: 'run-1', duration_seconds: 10 });
  expect(aggregate(env, 'mttr-delta')).toMatchObject({ baseline_mttr_seconds: 10 });
  expect((await metrics('verify')).code).toBe(0);
});

it('shows no lack of evidence that nobody can mend', async () => {
  await record([{ ...lasting(1, 10), privacy_events: [] }, lasting(2, 10)]);
  expect((await metrics()).stdout).toContain(
    '  Evidence:  complete, but for privacy events of 1 run: output that touches no secret rule leaves none\n',
  );
});

it('keeps to the task that is asked for', async () => {
  await record([lasting(1, 10)]);
  // As it is published: the command is a chunk of its own.
  const byVariable = await runCli(['metrics'], { cwd: env.repoRoot, env: { MCP_RUNNER_TASK_ID: 'other' } });
  expect(byVariable.stderr).toBe('');
  expect(byVariable.stdout).toContain('No metrics of task "other"');
  expect((await metrics('--task', '0101')).stdout).toContain('Metrics of task 0101');
});

it('refuses what makes no sense', async () => {
  expect(await metrics('verify', '--last', '3')).toEqual({
    code: 64,
    stdout: '',
    stderr:
      'error: --last is for show, not for verify.\nRun `codex-orchestrator metrics --help` for what is possible.\n',
  });
  expect((await metrics('mend')).code).toBe(64);
});
