import { FailureError } from '../../failure.ts';
import type { TaskEnvironment } from '../../run/paths.ts';
import type { CliContext } from '../context.ts';
import { resolveEnvironment } from '../environment.ts';
import { EXIT } from '../exitCodes.ts';
import { rebuildMetrics } from '../metricsCommand/rebuildMetrics.ts';
import { repairMetrics } from '../metricsCommand/repairMetrics.ts';
import { showMetrics } from '../metricsCommand/showMetrics.ts';
import { verifyMetrics } from '../metricsCommand/verifyMetrics.ts';
import { metricsJson, rebuildJson, repairJson, verificationJson } from '../present/metricsJson.ts';
import { rebuildLines, repairLines, verificationLines } from '../present/metricsReports.ts';
import { metricsLines } from '../present/metricsText.ts';
import { createStyle } from '../present/style.ts';
import { writeJson } from '../present/writeJson.ts';
import type { MetricsOptions } from './definitions/metrics.ts';

const DEFAULT_LAST = 20;

/** `metrics`: shows, verifies, rebuilds or repairs the metrics of one task. Resolves with the exit code. */
export async function runMetrics(options: MetricsOptions, context: CliContext): Promise<number> {
  const { action = 'show', last } = options;
  if (last !== undefined && action !== 'show') {
    throw new FailureError({ kind: 'usage', message: `--last is for show, not for ${action}` });
  }
  const env = resolveEnvironment({ task: options.task, env: context.env, cwd: context.cwd });
  const { code, lines, document } = await perform(action, env, last ?? DEFAULT_LAST, context);
  if (options.format === 'json') writeJson(context.stdout, document());
  else
    context.stdout.write(
      lines()
        .map((line) => `${line}\n`)
        .join(''),
    );
  return code;
}

/** What an action says, in both forms, of which one is wanted, and its exit code. */
interface Report {
  code: number;
  lines: () => string[];
  document: () => object;
}

async function perform(
  action: string,
  env: TaskEnvironment,
  last: number,
  { stdout, env: processEnv }: CliContext,
): Promise<Report> {
  const style = createStyle(stdout, processEnv);
  if (action === 'verify') {
    const verification = await verifyMetrics(env);
    const code = verification.differences.length === 0 ? EXIT.ok : EXIT.runFailed;
    return {
      code,
      lines: () => verificationLines(verification, style),
      document: () => verificationJson(verification),
    };
  }
  if (action === 'rebuild') {
    const rebuild = await rebuildMetrics(env);
    return { code: EXIT.ok, lines: () => rebuildLines(rebuild), document: () => rebuildJson(rebuild) };
  }
  if (action === 'repair') {
    const repair = await repairMetrics(env);
    return { code: EXIT.ok, lines: () => repairLines(repair, style), document: () => repairJson(repair) };
  }
  const view = await showMetrics(env, last);
  return {
    code: EXIT.ok,
    lines: () =>
      metricsLines(view, { style, columns: stdout.columns || DEFAULT_COLUMNS, runsRoot: env.runsRoot }),
    document: () => metricsJson(view),
  };
}

const DEFAULT_COLUMNS = 80;
