import * as z from 'zod/mini';
import { loopShape } from './loopShape.ts';
import { may, must, named, nonEmptyText, numberBetween } from './schemaFields.ts';

/**
 * The shape of `codex.orchestrator.json`: the one source of the validator and of the JSON Schema that editors read.
 * Objects are strict so that unknown keys are noticed; validation turns those into warnings.
 */

/** Longest delay of a Node timer, 2^31 - 1 ms; a longer one would fire at once. */
const LONGEST_TIMEOUT_SECONDS = 2_147_483;

const sessionShape = {
  id: may(z.string(), 'Tag of the session; every stage still runs in a shell of its own.'),
  reuse: may(z.boolean(), 'Recorded only.'),
  persist: may(z.boolean(), 'Recorded only.'),
};

const planShape = {
  runnable: may(z.boolean(), 'Whether the stage can be chosen as a target.', { default: true }),
  defaultTarget: may(z.boolean(), 'The stage is the target when none is named.'),
  default: may(z.boolean(), 'The same as `defaultTarget`.'),
  primary: may(z.boolean(), 'The same as `defaultTarget`.'),
  aliases: may(z.array(z.string()), 'Other names by which `--target` finds the stage.'),
  requiresCloud: may(z.boolean(), 'Plan metadata: the stage needs a cloud environment.'),
  requires_cloud: may(z.boolean(), 'The same as `requiresCloud`.'),
  executionMode: may(z.string(), 'Plan metadata: where the stage is meant to run.'),
};

const stageShape = {
  id: must(nonEmptyText(), 'Name of the stage, unique in its pipeline; `resume` finds the stage by it.'),
  title: may(z.string(), 'Name for people; the id when absent.'),
  needs: may(
    z.array(nonEmptyText()),
    'Ids of the stages that must have passed before this one begins. With it, the pipeline is a graph.',
  ),
  plan: may(z.strictObject(planShape), 'Plan metadata; it never changes what runs.', { id: 'plan' }),
  requiresCloud: may(z.boolean(), 'The same as `plan.requiresCloud`.'),
  requires_cloud: may(z.boolean(), 'The same as `plan.requiresCloud`.'),
  executionMode: may(z.string(), 'The same as `plan.executionMode`.'),
  execution_mode: may(z.string(), 'The same as `plan.executionMode`.'),
  mode: may(z.string(), 'The same as `plan.executionMode`.'),
};

const cacheShape = {
  inputs: must(
    z.array(nonEmptyText()).check(z.minLength(1)),
    'Globs of the files that the result depends on, from the root of the repository.',
  ),
  outputs: may(z.array(nonEmptyText()), 'Globs of the files that the stage makes.', { default: [] }),
  env: may(z.array(nonEmptyText()), 'Names of environment variables that the result depends on.', {
    default: [],
  }),
};

const commandShape = {
  kind: must(z.literal('command'), 'A shell command.'),
  ...stageShape,
  command: must(nonEmptyText(), 'Text for the system shell.', { examples: ['npm run build'] }),
  cwd: may(z.string(), 'Directory to run in; the root of the repository when absent.'),
  env: may(
    z.record(
      z.string(),
      z.union([z.string(), z.number(), z.boolean()], { error: 'a string, a number, true or false' }),
    ),
    'Environment variables on top of the inherited ones. Numbers, true and false are passed as text.',
  ),
  allowFailure: may(z.boolean(), 'A failure is recorded as skipped and the run goes on.', { default: false }),
  summaryHint: may(z.string(), 'Text for the summary of the stage.'),
  timeoutSeconds: may(
    z.number().check(z.gt(0), z.lte(LONGEST_TIMEOUT_SECONDS)),
    'Seconds after which the processes of the stage are ended; no limit when absent.',
  ),
  retries: may(numberBetween(0, 10), 'Further attempts after a failure.', { default: 0 }),
  cache: may(
    z.strictObject(cacheShape),
    'When nothing it depends on has changed, the stage does not run again: its outputs are restored.',
    { id: 'cache' },
  ),
  session: may(z.strictObject(sessionShape), 'Tags of the invocation.', { id: 'session' }),
};

const subpipelineShape = {
  kind: must(z.literal('subpipeline'), 'Another pipeline, run as a child run.'),
  ...stageShape,
  pipeline: must(nonEmptyText(), 'Id of the pipeline to run.'),
  optional: may(z.boolean(), 'A failure of the child run is tolerated.', { default: false }),
};

const stageSetShape = {
  kind: must(z.literal('stage-set'), 'The stages of a set, put in this place.'),
  ref: must(nonEmptyText(), 'Name of a set in `stageSets`.'),
};

const commandStage = named(z.strictObject(commandShape), 'commandStage', 'Runs a shell command.');
const subpipelineStage = named(
  z.strictObject(subpipelineShape),
  'subpipelineStage',
  'Runs another pipeline as a child run.',
);
const stageSetReference = named(
  z.strictObject(stageSetShape),
  'stageSetReference',
  'Stands for the stages of a set.',
);

const pipelineShape = {
  id: must(nonEmptyText(), 'Name of the pipeline, as in `codex-orchestrator start <id>`.'),
  title: may(z.string(), 'Name for people; the id when absent.'),
  description: may(z.string(), 'What the pipeline is for; becomes the notes of the plan.'),
  tags: may(z.array(z.string()), 'Capabilities for the scheduler; `general` when there are none.'),
  guardrailsRequired: may(z.boolean(), 'Whether a missing spec-guard stage is reported.', { default: true }),
  concurrency: may(numberBetween(1, 1024), 'Most stages at the same time, where stages have `needs`.'),
  stages: may(
    z.array(z.discriminatedUnion('kind', [commandStage, subpipelineStage, stageSetReference])),
    'What runs, in order.',
  ),
};

const configShape = {
  $schema: may(z.string(), 'Where editors find the schema of this file.'),
  defaultPipeline: may(nonEmptyText(), 'Pipeline to run when none is named.', { default: 'diagnostics' }),
  concurrency: may(
    numberBetween(1, 1024),
    'Most stages at the same time, where stages have `needs`; the number of processors when absent.',
  ),
  pipelines: may(
    z.array(z.strictObject(pipelineShape)),
    'The pipelines; of equal ids the first counts. Without them, beside `rlm`, they are detected.',
  ),
  stageSets: may(
    z.record(z.string(), z.array(z.discriminatedUnion('kind', [commandStage, subpipelineStage]))),
    'Named lists of stages that pipelines share. A set cannot refer to another set.',
  ),
  rlm: may(z.strictObject(loopShape), 'Settings of RLM loops; flags and environment variables count first.'),
};

/** Validates a parsed `codex.orchestrator.json`, but for what is between its parts. */
export const configFileSchema = z.strictObject(configShape);

/** `codex.orchestrator.json` as it is written, proven to have the right shape. */
export type ConfigFile = z.output<typeof configFileSchema>;

/** The keys that each part of the file may have. */
export const knownKeys = {
  config: Object.keys(configShape),
  pipeline: Object.keys(pipelineShape),
  command: Object.keys(commandShape),
  subpipeline: Object.keys(subpipelineShape),
  'stage-set': Object.keys(stageSetShape),
  plan: Object.keys(planShape),
  session: Object.keys(sessionShape),
  cache: Object.keys(cacheShape),
  rlm: Object.keys(loopShape),
} as const;
