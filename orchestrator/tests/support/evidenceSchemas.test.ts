import { expect, it } from 'vitest';
import { validateManifest } from './manifestSchema.ts';
import { validateMetricsEntry } from './metricsEntrySchema.ts';
import { validateRunSummary } from './runSummarySchema.ts';

const TIME = '2026-11-22T12:46:41.046Z';
const UUID = '0f8fad5b-d9cb-469f-a165-70867728950e';

const manifest = {
  version: 1,
  task_id: '0101',
  task_slug: null,
  run_id: '2026-11-22T12-46-41-046Z-423084bd',
  parent_run_id: null,
  pipeline_id: 'diagnostics',
  pipeline_title: 'Diagnostics',
  runner: 'codex-cli',
  approval_policy: null,
  status: 'failed',
  status_detail: 'stage:build:failed',
  started_at: TIME,
  completed_at: TIME,
  updated_at: TIME,
  heartbeat_at: TIME,
  heartbeat_interval_seconds: 5,
  heartbeat_stale_after_seconds: 30,
  artifact_root: '.runs/0101/cli/r',
  compat_path: '.runs/0101/mcp/r',
  log_path: '.runs/0101/cli/r/runner.ndjson',
  summary: null,
  metrics_recorded: true,
  resume_token: 'ab'.repeat(32),
  resume_events: [{ timestamp: TIME, actor: 'cli', reason: 'manual-resume', outcome: 'accepted' }],
  approvals: [],
  commands: [
    {
      index: 1,
      id: 'build',
      title: 'Build',
      command: 'npm run build',
      kind: 'command',
      status: 'failed',
      started_at: TIME,
      completed_at: TIME,
      exit_code: 128,
      summary: 'Command ended by SIGKILL',
      log_path: '.runs/0101/cli/r/commands/01-build.ndjson',
      error_file: '.runs/0101/cli/r/errors/01-build.json',
      sub_run_id: null,
    },
  ],
  child_runs: [],
  run_summary_path: null,
  plan_target_id: 'diagnostics:build',
  instructions_hash: null,
  instructions_sources: [],
  handles: [
    {
      handle_id: UUID,
      correlation_id: UUID,
      stage_id: 'build',
      pipeline_id: 'diagnostics',
      status: 'closed',
      frame_count: 2,
      latest_sequence: 2,
      created_at: TIME,
      metadata: { run_id: 'r' },
    },
  ],
  learning: {
    validation: { mode: 'per-task', grouping: null, status: 'pending' },
    alerts: [],
    approvals: [],
  },
  tfgrpo: null,
};

it('accepts a manifest as the field table describes it', () => {
  expect(validateManifest(manifest)).toEqual([]);
});

const [command] = manifest.commands;

it.each([
  ['a list that is null', { commands: null }, 'commands: Invalid input: expected array, received null'],
  ['a field that nobody knows', { extra: 1 }, '(document): Unrecognized key: "extra"'],
  [
    'a nested field that nobody knows',
    { commands: [{ ...command, attempts: 1 }] },
    'commands.0: Unrecognized key: "attempts"',
  ],
  [
    'an unknown status',
    { status: 'done' },
    'status: Invalid option: expected one of "queued"|"in_progress"|"succeeded"|"failed"|"cancelled"',
  ],
  [
    'a missing field',
    { resume_token: undefined },
    'resume_token: Invalid input: expected string, received undefined',
  ],
  ['an empty required text', { run_id: '' }, 'run_id: Too small: expected string to have >=1 characters'],
])('rejects %s', (_, change, problem) => {
  expect(validateManifest({ ...manifest, ...change })).toEqual([problem]);
});

it('rejects a time without milliseconds', () => {
  const problems = validateManifest({ ...manifest, updated_at: '2026-11-22T12:46:41Z' });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(/^updated_at: Invalid string: must match pattern/);
});

const metricsEntry = {
  run_id: 'r',
  task_id: '0101',
  pipeline_id: 'diagnostics',
  status: 'succeeded',
  started_at: TIME,
  completed_at: TIME,
  duration_seconds: 1.5,
  commands_passed: 1,
  commands_failed: 0,
  guardrails_present: false,
  recorded_at: TIME,
  artifact_path: '.runs/0101/cli/r',
  child_runs: 0,
  control_plane_status: 'passed',
  scheduler_mode: 'multi-instance',
  instance_stats: [
    {
      instance_id: '0101-general-01',
      capability: 'general',
      status: 'succeeded',
      attempts: 1,
      recovery_events: 0,
    },
  ],
  privacy_mode: 'shadow',
  privacy_log_path: null,
  privacy_event_count: 0,
  privacy_events: [],
  handle_count: 1,
  tfgrpo_epoch: null,
  tfgrpo_group_id: null,
  tfgrpo_group_size: null,
  tool_calls: 0,
  token_total: 0,
  cost_usd: 0,
  latency_ms: 0,
  tool_stats: [],
  learning_validation_status: 'pending',
  learning_snapshot_status: null,
  learning_scenario_status: null,
  learning_crystalizer_status: null,
  learning_alerts: 0,
  learning_group_id: null,
  learning_review_rejections: 0,
  learning_review_latency_ms: null,
  learning_regressions_detected: 0,
  learning_pattern_promoted: 0,
  learning_pattern_deprecated: 0,
  learning_throughput_candidates: 0,
};

it('accepts a metrics entry as the table describes it, and no other', () => {
  expect(validateMetricsEntry(metricsEntry)).toEqual([]);
  expect(validateMetricsEntry({ ...metricsEntry, flaky: true })).toEqual([
    '(document): Unrecognized key: "flaky"',
  ]);
  expect(validateMetricsEntry({ ...metricsEntry, handle_count: undefined })).toEqual([
    'handle_count: Invalid input: expected number, received undefined',
  ]);
});

const runSummary = {
  taskId: '0101',
  runId: 'r',
  mode: 'mcp',
  plan: {
    items: [
      {
        id: 'diagnostics:build',
        description: 'Build',
        requires_cloud: false,
        requiresCloud: false,
        runnable: true,
        selected: true,
        metadata: {
          pipelineId: 'diagnostics',
          stageId: 'build',
          stageKind: 'command',
          index: 0,
          requiresCloud: false,
        },
      },
    ],
    targetId: 'diagnostics:build',
  },
  build: {
    subtaskId: 'diagnostics:build',
    artifacts: [{ path: '.runs/0101/cli/r/manifest.json', description: 'Manifest' }],
    mode: 'mcp',
    runId: 'r',
    success: true,
    notes: '',
  },
  test: {
    subtaskId: 'diagnostics:build',
    success: false,
    reports: [{ name: 'guardrails', status: 'failed', details: 'Guardrails: none found' }],
    runId: 'r',
  },
  review: { summary: 'Skipped', decision: { approved: false, feedback: '' } },
  timestamp: TIME,
};

it('accepts a run summary as described, and no other', () => {
  expect(validateRunSummary(runSummary)).toEqual([]);
  expect(validateRunSummary({ ...runSummary, plan: { items: [] } })).toEqual([
    'plan.targetId: Invalid input: expected string, received undefined',
  ]);
  expect(validateRunSummary({ type: 'run:summary', timestamp: TIME })).toEqual([
    'payload: Invalid input: expected object, received undefined',
  ]);
});
