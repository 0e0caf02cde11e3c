import { availableParallelism } from 'node:os';
import type { Pipeline, PipelineConfig } from '../config/types.ts';
import { FailureError } from '../failure.ts';

const VARIABLE = 'CODEX_ORCHESTRATOR_CONCURRENCY';
const MOST = 1024;

/** What is wrong with a number of stages given as text; null when it is fine. */
export function concurrencyProblem(text: string): string | null {
  const isFine = /^\d{1,4}$/.test(text) && Number(text) >= 1 && Number(text) <= MOST;
  return isFine ? null : `expected a whole number from 1 to ${MOST}`;
}

/**
 * How many commands of a pipeline may run at the same time: the flag, else `CODEX_ORCHESTRATOR_CONCURRENCY`, else the
 * pipeline, else the file, else what the machine offers.
 *
 * @throws FailureError `usage` for a variable that is no such number; a blank one counts as unset.
 */
export function concurrencyOf(
  flag: number | undefined,
  env: NodeJS.ProcessEnv,
  pipeline: Pick<Pipeline, 'concurrency'> | null,
  config: Pick<PipelineConfig, 'concurrency'>,
): number {
  const variable = env[VARIABLE]?.trim() ?? '';
  if (flag !== undefined) return flag;
  if (variable === '') return pipeline?.concurrency ?? config.concurrency ?? availableParallelism();
  const problem = concurrencyProblem(variable);
  if (problem === null) return Number(variable);
  throw new FailureError({ kind: 'usage', message: `${VARIABLE} is "${variable}": ${problem}` });
}
