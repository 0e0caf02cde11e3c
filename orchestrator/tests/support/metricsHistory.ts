import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as z from 'zod';
import type { RunStatus } from '../../src/run/manifestTypes.ts';
import { type TaskEnvironment, taskPaths } from '../../src/run/paths.ts';

export { finishedRun } from './finishedRun.ts';

const OBJECT = z.record(z.string(), z.unknown());
const RUN_ID = z.object({ run_id: z.string() });

/** A task in a fresh directory of its own; the test removes `env.repoRoot` in the end. */
export function createTask(taskId = 'autonomy-upgrade'): TaskEnvironment {
  const repoRoot = fs.mkdtempSync(path.join(os.tmpdir(), 'codex-metrics-'));
  return { repoRoot, runsRoot: path.join(repoRoot, '.runs'), outRoot: path.join(repoRoot, 'out'), taskId };
}

/** Fixture entry E(i, status) of the metrics contract, section 6. */
export function entryOf(index: number, status: RunStatus): Record<string, unknown> {
  const startedMs = Date.parse(`2025-11-05T0${index}:00:00Z`);
  const completedAt = new Date(startedMs + 300_000).toISOString();
  return {
    run_id: `run-${index}`,
    task_id: 'autonomy-upgrade',
    pipeline_id: 'diagnostics',
    status,
    started_at: new Date(startedMs).toISOString(),
    completed_at: completedAt,
    duration_seconds: 300,
    commands_passed: 1,
    commands_failed: status === 'failed' ? 1 : 0,
    guardrails_present: true,
    recorded_at: completedAt,
    artifact_path: `.runs/autonomy-upgrade/cli/run-${index}`,
    control_plane_status: 'passed',
    instance_stats: [
      {
        instance_id: 'autonomy-general-01',
        capability: 'general',
        status: 'assigned',
        attempts: 1,
        recovery_events: 0,
      },
    ],
    privacy_event_count: 1,
    privacy_events: [
      { handle_id: 'h', sequence: 1, action: 'allow', timestamp: completedAt, stage_id: null },
    ],
    tfgrpo_epoch: index,
    tfgrpo_group_size: 2,
    tool_calls: 1,
    token_total: 100 + index,
    cost_usd: 0.1,
    latency_ms: 10,
    tool_stats: [{ tool: 'cli:command', tokens: 100 + index, cost_usd: 0.1, latency_ms: 10, attempts: 1 }],
    learning_validation_status: status === 'failed' ? 'snapshot_failed' : 'validated',
    learning_alerts: 0,
    learning_pattern_promoted: 1,
    learning_throughput_candidates: 1,
  };
}

/** Text of a JSON-lines file. */
export function jsonLines(entries: object[]): string {
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
}

/** Makes `text` the metrics history of the task. */
export function writeHistory(env: TaskEnvironment, text: string): void {
  write(taskPaths(env).metricsPath, text);
}

/** Run ids of the history of the task, line by line. */
export function recordedRunIds(env: TaskEnvironment): string[] {
  const lines = fs.readFileSync(taskPaths(env).metricsPath, 'utf8').split('\n');
  return lines.filter((line) => line.trim() !== '').map((line) => RUN_ID.parse(JSON.parse(line)).run_id);
}

/** Puts a file into the pending queue. */
export function writePending(env: TaskEnvironment, name: string, text: string): string {
  const file = path.join(taskPaths(env).metricsPendingDir, name);
  write(file, text);
  return file;
}

/** Names of the files in the pending queue. */
export function pendingNames(env: TaskEnvironment): string[] {
  const directory = taskPaths(env).metricsPendingDir;
  return fs.existsSync(directory) ? fs.readdirSync(directory).toSorted() : [];
}

/** Parsed content of an aggregate (`post-rollout`, `mttr-delta`, …) or `state`. */
export function aggregate(env: TaskEnvironment, name: string): Record<string, unknown> {
  return readObject(aggregatePath(env, name));
}

/** The object that a JSON document holds. */
export function readObject(file: string): Record<string, unknown> {
  return OBJECT.parse(JSON.parse(fs.readFileSync(file, 'utf8')));
}

/** Where an aggregate of the task lies. */
export function aggregatePath(env: TaskEnvironment, name: string): string {
  const { aggregatesDir, outMetricsDir, outStatePath } = taskPaths(env);
  if (name === 'state') return outStatePath;
  return path.join(name === 'mttr-delta' ? outMetricsDir : aggregatesDir, `${name}.json`);
}

function write(file: string, text: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}
