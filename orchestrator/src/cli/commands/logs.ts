import { FailureError } from '../../failure.ts';
import { findRun } from '../../run/findRun.ts';
import type { CommandRecord, Manifest } from '../../run/manifestTypes.ts';
import { artifactPath } from '../../run/paths.ts';
import { readRun } from '../../run/readRun.ts';
import type { CliContext } from '../context.ts';
import { resolveEnvironment } from '../environment.ts';
import { createJsonLogPrinter } from '../logs/jsonLogPrinter.ts';
import type { LogPrinter } from '../logs/logPrinter.ts';
import { showLogs } from '../logs/showLogs.ts';
import { createTextLogPrinter } from '../logs/textLogPrinter.ts';
import { pacedOutput } from '../pacedOutput.ts';
import { warningLines } from '../present/runLines.ts';
import { createStyle } from '../present/style.ts';
import type { LogsOptions } from './definitions/logs.ts';

/** `logs`: shows what the stages of a run printed. Changes nothing on disk. */
export async function runLogs(options: LogsOptions, context: CliContext): Promise<void> {
  const asked = resolveEnvironment({ task: options.task, env: context.env, cwd: context.cwd });
  const location = findRun(asked, options.run ?? null, options.task !== undefined);
  const manifest = await readRun(location.paths);
  const stages = chooseStages(manifest, options.stage);
  const printer = createPrinter(manifest, stages, options, context);
  const { follow, stream, tail } = options;
  const onDamage = (file: string, line: number, reason: string): void => {
    const place = `${artifactPath(location.env, file)}:${line}`;
    warn(`${place} is damaged (${reason}); what it held is missing here.`, context);
  };
  await showLogs(stages, { location, follow, stream, tail, onDamage }, printer);
}

/** All stages, or those with the id: an id may occur more than once. */
function chooseStages({ commands, pipeline_id }: Manifest, stageId: string | undefined): CommandRecord[] {
  if (stageId === undefined) return commands;
  const chosen = commands.filter((command) => command.id === stageId);
  if (chosen.length > 0) return chosen;
  const known = [...new Set(commands.map((command) => command.id))];
  throw new FailureError({ kind: 'stage-not-found', stageId, known, pipelineId: pipeline_id });
}

function createPrinter(
  manifest: Manifest,
  stages: readonly CommandRecord[],
  { format, raw }: LogsOptions,
  { stdout, stderr, env }: CliContext,
): LogPrinter {
  const output = pacedOutput(stdout);
  if (format === 'json') return createJsonLogPrinter(output, manifest.run_id);
  const isGuarded = stdout.isTTY === true && !raw;
  const hasHeaders = isGuarded || stages.length > 1;
  return createTextLogPrinter({
    output,
    notes: stderr,
    style: createStyle(stdout, env),
    hasHeaders,
    isGuarded,
  });
}

function warn(message: string, { stderr, env }: CliContext): void {
  const lines = warningLines(message, createStyle(stderr, env));
  stderr.write(lines.map((line) => `${line}\n`).join(''));
}
