import fs from 'node:fs';
import path from 'node:path';
import { errorCode } from '../storage/errorCode.ts';
import { jsonDocument, replaceFileSync } from '../storage/replaceFile.ts';
import { type TaskEnvironment, taskPaths } from './paths.ts';

/** Share of the latest run in what is expected of the next; the rest is what was expected before. */
const LATEST_SHARE = 0.5;

/**
 * How long the stages of a pipeline took in earlier runs of the task, by stage id, ms. Empty when nothing usable is there:
 * it only decides which of several stages begins first.
 */
export function readStageDurations(env: TaskEnvironment, pipelineId: string): Map<string, number> {
  const stages = readDocument(fileOf(env))[pipelineId];
  if (typeof stages !== 'object' || stages === null) return new Map();
  return new Map(
    Object.entries(stages).flatMap(([id, ms]: [string, unknown]) =>
      typeof ms === 'number' && ms >= 0 ? [[id, ms] as const] : [],
    ),
  );
}

/**
 * Takes the durations of a run into what is expected of the next one. Replaced as a whole and without fsync; of two runs
 * that do so at the same time one is forgotten, which harms nothing. A disk that refuses is no reason to fail a run.
 */
export function recordStageDurations(
  env: TaskEnvironment,
  pipelineId: string,
  expectedMs: ReadonlyMap<string, number>,
  tookMs: ReadonlyMap<string, number>,
): void {
  if (tookMs.size === 0) return;
  const stages = Object.fromEntries(expectedMs);
  for (const [id, ms] of tookMs) {
    const before = expectedMs.get(id) ?? ms;
    stages[id] = Math.round(before + (ms - before) * LATEST_SHARE);
  }
  try {
    const file = fileOf(env);
    replaceFileSync(file, jsonDocument({ ...readDocument(file), [pipelineId]: stages }), { durable: false });
  } catch (error) {
    if (errorCode(error) === '') throw error;
  }
}

function fileOf(env: TaskEnvironment): string {
  return path.join(taskPaths(env).taskDir, 'stage-durations.json');
}

function readDocument(file: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(fs.readFileSync(file, 'utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch (error) {
    if (error instanceof SyntaxError || errorCode(error) !== '') return {};
    throw error;
  }
}
