import fs from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { updateMetricsAggregates } from '../../../src/cli/metrics/metricsAggregator.ts';
import { taskPaths, type TaskEnvironment } from '../../../src/run/paths.ts';

/** One thing that happens to a history. */
type Step =
  | { kind: 'append'; lines: string[] }
  | { kind: 'update' }
  /** The aggregates and the index are written, the checkpoint is not: killed in between. */
  | { kind: 'interrupted-update' }
  | { kind: 'lose-checkpoint' }
  | { kind: 'damage-checkpoint' }
  | { kind: 'truncate'; share: number };

const number = fc.oneof(fc.integer({ min: -5, max: 1000 }), fc.double({ min: -1e6, max: 1e6, noNaN: true }));
const tool = fc.record({
  tool: fc.constantFrom('cli', 'npm', ' ', 'é'),
  tokens: number,
  cost_usd: number,
  latency_ms: number,
});

/** Few run ids, times and epochs, so that runs are resumed, repeated and contradicted often. */
const entry = fc.record(
  {
    run_id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    status: fc.constantFrom('succeeded', 'failed', ''),
    recorded_at: fc.constant('2026-01-01T00:00:00Z'),
    started_at: fc.constantFrom('2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'),
    completed_at: fc.constantFrom(
      '2026-01-03T00:00:00Z',
      '2026-01-04T00:00:00Z',
      '2026-01-05T00:00:00Z',
      null,
      'never',
    ),
    duration_seconds: fc.oneof(number, fc.constant(null), fc.constant('1')),
    tfgrpo_epoch: fc.constantFrom(1, 2, null),
    tfgrpo_group_size: number,
    token_total: number,
    cost_usd: number,
    tool_stats: fc.array(tool, { maxLength: 3 }),
    instance_stats: fc.array(fc.constant({}), { maxLength: 1 }),
    control_plane_status: fc.constantFrom('passed', 'unknown'),
    learning_validation_status: fc.constantFrom('validated', 'snapshot_failed', null),
    learning_alerts: number,
    learning_review_latency_ms: fc.oneof(number, fc.constant(null)),
  },
  { requiredKeys: ['run_id', 'status', 'recorded_at'] },
);
const line = fc.oneof(
  { weight: 8, arbitrary: entry.map((value) => `${JSON.stringify(value)}\n`) },
  { weight: 1, arbitrary: fc.constantFrom('\n', '  \n', '[]\n', '{"run_id":\n', 'text\u2028text\n') },
  // A torn line: what comes next is glued to it.
  { weight: 1, arbitrary: entry.map((value) => JSON.stringify(value).slice(0, 20)) },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('append' as const), lines: fc.array(line, { maxLength: 6 }) }),
  },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('update' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('interrupted-update' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('lose-checkpoint' as const, 'damage-checkpoint' as const) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('truncate' as const),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
);

it('comes to the same whichever way the history grew', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'incremental-'));
  let count = 0;
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (steps) => {
        const env = environment(path.join(folder, String((count += 1))));
        for (const one of steps) await play(env, one);
        await updateMetricsAggregates(env);
        const found = documents(env);
        const anew = environment(path.join(folder, `${count}-anew`));
        fs.copyFileSync(taskPaths(env).metricsPath, taskPaths(anew).metricsPath);
        if (found['baseline.json'] !== undefined) {
          // Written once and never again, whatever happened to the history since.
          fs.mkdirSync(taskPaths(anew).aggregatesDir, { recursive: true });
          const [from, to] = [env, anew].map((each) =>
            path.join(taskPaths(each).aggregatesDir, 'baseline.json'),
          );
          fs.copyFileSync(from ?? '', to ?? '');
        }
        await updateMetricsAggregates(anew);
        const expected = documents(anew);
        // What a history said that was cut short since stays until something takes its place.
        for (const name of Object.keys(expected)) expect([name, found[name]]).toEqual([name, expected[name]]);
      }),
      { numRuns: 300 },
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 120_000);

function environment(root: string): TaskEnvironment {
  const env = {
    repoRoot: root,
    runsRoot: path.join(root, '.runs'),
    outRoot: path.join(root, 'out'),
    taskId: 't',
  };
  fs.mkdirSync(taskPaths(env).taskDir, { recursive: true });
  fs.writeFileSync(taskPaths(env).metricsPath, '');
  return env;
}

async function play(env: TaskEnvironment, one: Step): Promise<void> {
  const { metricsPath, aggregatesDir } = taskPaths(env);
  const checkpoint = path.join(aggregatesDir, 'checkpoint.ndjson');
  const stored = fs.existsSync(checkpoint) ? fs.readFileSync(checkpoint) : null;
  switch (one.kind) {
    case 'append':
      fs.appendFileSync(metricsPath, one.lines.join(''));
      return;
    case 'update':
      await updateMetricsAggregates(env);
      return;
    case 'interrupted-update':
      await updateMetricsAggregates(env);
      if (stored === null) fs.rmSync(checkpoint, { force: true });
      else fs.writeFileSync(checkpoint, stored);
      return;
    case 'lose-checkpoint':
      fs.rmSync(checkpoint, { force: true });
      return;
    case 'damage-checkpoint':
      if (stored !== null) fs.writeFileSync(checkpoint, stored.subarray(0, stored.length - 9));
      return;
    case 'truncate':
      fs.truncateSync(metricsPath, Math.floor(fs.statSync(metricsPath).size * one.share));
      return;
    default:
      one satisfies never;
  }
}

/** The aggregates without their time. */
function documents(env: TaskEnvironment): Record<string, string> {
  const { aggregatesDir, outMetricsDir, outStatePath } = taskPaths(env);
  const names = ['baseline.json', 'post-rollout.json', 'completeness.json', 'per-epoch.json'];
  const files = [
    ...names.map((name) => path.join(aggregatesDir, name)),
    path.join(outMetricsDir, 'mttr-delta.json'),
    outStatePath,
  ];
  return Object.fromEntries(
    files
      .filter((file) => fs.existsSync(file))
      .map((file) => [
        path.basename(file),
        fs.readFileSync(file, 'utf8').replace(/"updated_at": "[^"]*"/, ''),
      ]),
  );
}
