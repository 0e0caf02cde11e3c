import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { loadConfig } from '../../config/loadConfig.ts';
import type { LoadedConfig } from '../../config/types.ts';
import { resolvePipeline } from '../../config/resolvePipeline.ts';
import { newestRuns, taskIds } from '../../run/findRun.ts';
import { runPaths, type TaskEnvironment } from '../../run/paths.ts';
import type { CliContext } from '../context.ts';
import type { ValueSource } from '../definition.ts';
import { resolveEnvironment } from '../environment.ts';
import type { Candidate, CompletionState } from './candidates.ts';

const MOST_RUNS = 30;

/** Looks up what exists here: pipelines, runs, stages of a run, stages of a pipeline, tasks, entries of the cache. */
export function lookUpValues(context: CliContext) {
  return async (source: ValueSource, { given }: CompletionState): Promise<Candidate[]> => {
    const env = resolveEnvironment({ task: given.get('task'), env: context.env, cwd: context.cwd });
    switch (source) {
      case 'pipelines':
        return (
          (await load(context, env))?.config.pipelines.map(({ id, title }) => candidate(id, title)) ?? []
        );
      case 'targets':
        return targets(context, env, given.get('pipeline') ?? null);
      case 'tasks':
        return taskIds(env).map((id) => candidate(id));
      case 'runs':
        return [...someRuns(env, given.has('task'))].map((run) => candidate(run.runId, `task ${run.taskId}`));
      case 'stages':
        return stagesOf(env, given.get('run') ?? '', given.has('task'));
      case 'cacheKeys':
        return given.get('action') === 'show' ? (await import('./cacheValues.ts')).cacheKeys(context) : [];
      case 'cachedStages':
        return (await import('./cacheValues.ts')).cachedStages(context);
      case 'commands':
      case 'directories':
        return [];
      default:
        return source satisfies never;
    }
  };
}

async function targets(
  context: CliContext,
  env: TaskEnvironment,
  pipelineId: string | null,
): Promise<Candidate[]> {
  const loaded = await load(context, env);
  const result = loaded && resolvePipeline(loaded, pipelineId, context.env);
  if (!result?.ok) return [];
  return result.resolved.pipeline.stages.map(({ id, title }) => candidate(id, title));
}

async function load(context: CliContext, env: TaskEnvironment): Promise<LoadedConfig | null> {
  const result = await loadConfig(env.repoRoot, context.env);
  return result.ok ? result.loaded : null;
}

function* someRuns(
  env: TaskEnvironment,
  onlyTask: boolean,
  part = '',
): Generator<{ taskId: string; runId: string }> {
  let left = MOST_RUNS;
  for (const run of newestRuns(env, onlyTask ? [env.taskId] : taskIds(env), (id) => id.includes(part))) {
    if (left === 0) return;
    left -= 1;
    yield run;
  }
}

/** Stages of the named run, else of the newest one. */
async function stagesOf(env: TaskEnvironment, runId: string, onlyTask: boolean): Promise<Candidate[]> {
  const [run] = someRuns(env, onlyTask, runId);
  if (run === undefined) return [];
  const paths = runPaths({ ...env, taskId: run.taskId }, run.runId);
  const manifest: unknown = JSON.parse(await readFile(path.resolve(paths.manifestPath), 'utf8'));
  if (typeof manifest !== 'object' || manifest === null || !('commands' in manifest)) return [];
  const commands: unknown = manifest.commands;
  if (!Array.isArray(commands)) return [];
  return commands.flatMap((command: unknown) => {
    if (typeof command !== 'object' || command === null || !('id' in command)) return [];
    return [candidate(String(command.id), 'status' in command ? String(command.status) : '')];
  });
}

function candidate(value: string, description = ''): Candidate {
  return { value, description };
}
