import { FailureError } from '../../failure.ts';
import { taskIds } from '../../run/findRun.ts';
import { listRuns, type ListedRun, type StatusFilter } from '../../run/listRuns.ts';
import { artifactPath } from '../../run/paths.ts';
import type { CliContext } from '../context.ts';
import { resolveEnvironment } from '../environment.ts';
import { errnoText, fileTroubleOf } from '../present/errnoText.ts';
import { failureText } from '../present/failureText.ts';
import { warningLines } from '../present/runLines.ts';
import { runsJson } from '../present/runsJson.ts';
import { runsTable } from '../present/runsTable.ts';
import { createStyle } from '../present/style.ts';
import { writeJson } from '../present/writeJson.ts';
import type { RunsOptions } from './definitions/runs.ts';

const DEFAULT_LIMIT = 20;

export interface RunsRequest extends Omit<RunsOptions, 'status'> {
  status: StatusFilter | undefined;
}

/** `runs`: lists runs of every task, or of the one that `--task` names. Changes nothing on disk. */
export async function runRuns(options: RunsRequest, context: CliContext): Promise<void> {
  const env = resolveEnvironment({ task: options.task, env: context.env, cwd: context.cwd });
  const tasks = options.task === undefined ? taskIds(env) : [env.taskId];
  const limit = options.limit ?? DEFAULT_LIMIT;
  const filter = { status: options.status, pipelineId: options.pipeline, sinceMs: options.sinceMs };
  const isFiltered = options.task !== undefined || Object.values(filter).some((value) => value !== undefined);

  const runs: ListedRun[] = [];
  if (limit > 0) {
    for await (const run of listRuns(env, tasks, filter)) {
      if (run.kind === 'damaged') {
        warn(run, context);
        // Whether it matches cannot be known; the warning says that it is there.
        if (options.status !== undefined || options.pipeline !== undefined) continue;
      }
      runs.push({ ...run, manifestPath: artifactPath(env, run.manifestPath) });
      if (runs.length === limit) break;
    }
  }
  const nowMs = context.now().getTime();
  if (options.format === 'json') writeJson(context.stdout, runsJson(runs, nowMs));
  else if (runs.length === 0)
    context.stdout.write(`${nothingText(env.runsRoot, isFiltered || limit === 0)}\n`);
  else {
    const style = createStyle(context.stdout, context.env);
    context.stdout.write(`${runsTable(runs, { style, nowMs }).join('\n')}\n`);
  }
}

function warn({ error, manifestPath }: Extract<ListedRun, { kind: 'damaged' }>, context: CliContext): void {
  const [message = ''] = troubleText(error, manifestPath).split('\n');
  const lines = warningLines(message, createStyle(context.stderr, context.env));
  context.stderr.write(lines.map((line) => `${line}\n`).join(''));
}

function troubleText(error: Error, path: string): string {
  if (error instanceof FailureError) return failureText(error.failure);
  const trouble = fileTroubleOf(error);
  return trouble === null ? error.message : errnoText({ ...trouble, path: trouble.path ?? path });
}

function nothingText(runsRoot: string, isFiltered: boolean): string {
  return isFiltered
    ? `No run in ${runsRoot} matches.`
    : `No runs yet in ${runsRoot}. Begin one with \`codex-orchestrator start\`.`;
}
