import type { Pipeline } from './types.ts';

/** The loop of an agent and a validator; its one stage runs in the process of the orchestrator. */
export const RLM_PIPELINE: Pipeline = {
  id: 'rlm',
  title: 'RLM Loop',
  description: 'An agent works until the validator passes, within a budget.',
  tags: ['rlm'],
  guardrailsRequired: false,
  stages: [
    {
      kind: 'command',
      id: 'rlm-runner',
      title: 'RLM loop',
      plan: {},
      command: 'codex-orchestrator rlm',
      builtin: 'rlm',
      env: {},
      allowFailure: false,
      retries: 0,
    },
  ],
};

/** Pipelines that every repository has, unless its file has one of that id. */
export const SHIPPED_PIPELINES: readonly Pipeline[] = [RLM_PIPELINE];

/** The pipelines of a repository with the shipped ones behind them. */
export function withShippedPipelines(pipelines: readonly Pipeline[]): Pipeline[] {
  const ids = new Set(pipelines.map(({ id }) => id));
  return [...pipelines, ...SHIPPED_PIPELINES.filter(({ id }) => !ids.has(id))];
}
