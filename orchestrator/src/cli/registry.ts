import { cacheDefinition } from './commands/definitions/cache.ts';
import { cancelDefinition } from './commands/definitions/cancel.ts';
import { completeDefinition, completionDefinition } from './commands/definitions/completion.ts';
import { doctorDefinition } from './commands/definitions/doctor.ts';
import { execDefinition } from './commands/definitions/exec.ts';
import { helpDefinition } from './commands/definitions/help.ts';
import { initDefinition } from './commands/definitions/init.ts';
import { logsDefinition } from './commands/definitions/logs.ts';
import { metricsDefinition } from './commands/definitions/metrics.ts';
import { planDefinition } from './commands/definitions/plan.ts';
import { resumeDefinition } from './commands/definitions/resume.ts';
import { rlmDefinition } from './commands/definitions/rlm.ts';
import { rlmRestoreDefinition } from './commands/definitions/rlmRestore.ts';
import { runsDefinition } from './commands/definitions/runs.ts';
import { selfCheckDefinition } from './commands/definitions/selfCheck.ts';
import { startDefinition } from './commands/definitions/start.ts';
import { statusDefinition } from './commands/definitions/status.ts';
import { versionDefinition } from './commands/definitions/version.ts';
import type { CliContext } from './context.ts';
import type { CommandDefinition, OptionsOf } from './definition.ts';

/** A subcommand: how it is called, and what it does. */
export interface RegisteredCommand {
  definition: CommandDefinition;
  /** `raw` holds what was found for each key of the definition. Resolves with the exit code, 0 when undefined. */
  run: (raw: ReadonlyMap<string, unknown>, context: CliContext) => Promise<number | void>;
}

/** Every subcommand in the order of the help; its code is loaded when it is asked for. `help` is the parser's own. */
export const COMMANDS: readonly RegisteredCommand[] = [
  register(startDefinition, async (options, context) =>
    (await import('./commands/start.ts')).runStart(options, context),
  ),
  register(rlmDefinition, async (options, context) =>
    (await import('./commands/rlm.ts')).runRlm(options, context),
  ),
  register(rlmRestoreDefinition, async (options, context) =>
    (await import('./commands/rlmRestore.ts')).runRlmRestore(options, context),
  ),
  register(planDefinition, async (options, context) =>
    (await import('./commands/plan.ts')).runPlan(options, context),
  ),
  register(statusDefinition, async (options, context) =>
    (await import('./commands/status.ts')).runStatus(options, context),
  ),
  register(logsDefinition, async (options, context) =>
    (await import('./commands/logs.ts')).runLogs(options, context),
  ),
  register(runsDefinition, async (options, context) =>
    (await import('./commands/runs.ts')).runRuns(options, context),
  ),
  register(metricsDefinition, async (options, context) =>
    (await import('./commands/metrics.ts')).runMetrics(options, context),
  ),
  register(cacheDefinition, async (options, context) =>
    (await import('./commands/cache.ts')).runCache(options, context),
  ),
  register(resumeDefinition, async (options, context) =>
    (await import('./commands/resume.ts')).runResume(options, context),
  ),
  register(cancelDefinition, async (options, context) =>
    (await import('./commands/cancel.ts')).runCancel(options, context),
  ),
  register(execDefinition, async (options, context) =>
    (await import('./commands/exec.ts')).runExec(options, context),
  ),
  register(initDefinition, async (options, context) =>
    (await import('./commands/init.ts')).runInit(options, context),
  ),
  register(doctorDefinition, async (options, context) =>
    (await import('./commands/doctor.ts')).runDoctor(options, context),
  ),
  register(selfCheckDefinition, async (options, context) =>
    (await import('./commands/selfCheck.ts')).runSelfCheck(options, context),
  ),
  register(completionDefinition, async (options, context) =>
    (await import('./commands/completion.ts')).runCompletion(options, context),
  ),
  register(versionDefinition, async (_options, context) =>
    (await import('./commands/version.ts')).runVersion(context),
  ),
  register(completeDefinition, async (options, context) =>
    (await import('./commands/complete.ts')).runComplete(options, context, definitions()),
  ),
];

function definitions(): CommandDefinition[] {
  return [...COMMANDS.map((command) => command.definition), helpDefinition];
}

function register<D extends CommandDefinition>(
  definition: D,
  run: (options: OptionsOf<D>, context: CliContext) => Promise<number | void>,
): RegisteredCommand {
  return {
    definition,
    run: (raw, context) => run(readOptions(definition, raw), context),
  };
}

function readOptions<D extends CommandDefinition>(
  definition: D,
  raw: ReadonlyMap<string, unknown>,
): OptionsOf<D> {
  const specs = { ...definition.arguments, ...definition.options };
  const entries = Object.entries(specs).map(([key, spec]) => [key, spec.read(raw.get(key))] as const);
  // One entry per key, made by the very function that gives the key its type: the mapped type holds.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- no type can follow a loop over keys
  return Object.fromEntries<unknown>(entries) as OptionsOf<D>;
}
