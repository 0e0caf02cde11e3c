import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Pipeline, PipelineConfig } from '../../config/types.ts';
import { FailureError } from '../../failure.ts';
import { fieldsOf } from '../../rlm/agents/eventFields.ts';
import type { RawLoopOptions } from '../../rlm/options/rawOptions.ts';
import type { RunPaths } from '../../run/paths.ts';
import { someStage } from '../someStage.ts';

const LOOP_PIPELINE = 'rlm';

/**
 * What the stages of a pipeline get to see of the flags for loops. A loop in this process gets them directly; a
 * pipeline `rlm` of the repository's own reads the environment (RLM contract, section 2).
 *
 * @throws FailureError `usage` for flags that nothing in the pipeline would heed
 */
export function stageEnvironmentFor(
  pipeline: Pipeline,
  config: PipelineConfig,
  flags: RawLoopOptions,
): Record<string, string> {
  const environment = loopEnvironment(flags);
  const [name] = Object.keys(environment);
  if (name === undefined || runsLoop(pipeline, config)) return {};
  if (pipeline.id === LOOP_PIPELINE) return environment;
  const flag = `--${name.slice('RLM_'.length).toLowerCase().replaceAll('_', '-')}`;
  throw new FailureError({
    kind: 'usage',
    message: `${flag} is for loops, and pipeline "${pipeline.id}" has none`,
  });
}

/** Whether a pipeline, or one below it, has the stage that runs a loop in this process. */
export function runsLoop(pipeline: Pipeline, config: PipelineConfig): boolean {
  return someStage(pipeline, config, ({ builtin }) => builtin !== undefined);
}

/**
 * How a loop of the repository's own ended, from the state that it left (RLM contract, section 1); undefined for every
 * other pipeline, and when it left none.
 */
export function foreignExitCode(pipeline: Pipeline, { runDir }: RunPaths): number | undefined {
  if (pipeline.id !== LOOP_PIPELINE) return undefined;
  try {
    const state: unknown = JSON.parse(readFileSync(path.join(runDir, 'rlm', 'state.json'), 'utf8'));
    const exitCode = fieldsOf(fieldsOf(state)['final'])['exitCode'];
    return Number.isInteger(exitCode) ? Number(exitCode) : undefined;
  } catch {
    // Without a state that can be read, the run itself says how it ended.
    return undefined;
  }
}

function loopEnvironment(flags: RawLoopOptions): Record<string, string> {
  const named: [string, string | undefined][] = [
    ['RLM_GOAL', flags.goal ?? (flags.goalProblem === undefined ? undefined : '')],
    ['RLM_VALIDATOR', flags.validator],
    ['RLM_MAX_ITERATIONS', flags.maxIterations],
    ['RLM_MAX_MINUTES', flags.maxMinutes],
    ['RLM_ITERATION_MINUTES', flags.iterationMinutes],
    ['RLM_MAX_TOKENS', flags.maxTokens],
    ['RLM_ROLES', flags.roles],
    ['RLM_AGENT', flags.agent],
    ['RLM_AGENT_COMMAND', flags.agentCommand],
    ['RLM_AGENT_ARGS', flags.agentArgs.length > 0 ? JSON.stringify(flags.agentArgs) : undefined],
    ['RLM_PROTECT', flags.protect.length > 0 ? flags.protect.join('\n') : undefined],
  ];
  return Object.fromEntries(named.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
