import type { ToolMetrics, ToolMetricsRow } from '../../run/manifestTypes.ts';
import { tokensUsed } from './budget.ts';
import type { LoopState } from './loopState.ts';

/** What a loop cost, for the metrics entry of its run: one row for the agent, one for the validator. Pure. */
export function toolMetrics({ totals, agent, iterations }: LoopState, agentFailed: boolean): ToolMetrics {
  const judged = iterations.filter(({ validatorExitCode }) => validatorExitCode !== null);
  const lastCode = judged.at(-1)?.validatorExitCode ?? null;
  const rows = [
    row(agent.kind, totals.agentCalls, !agentFailed, {
      tokens: tokensUsed({ totals }),
      cost_usd: totals.costUsd,
      latency_ms: totals.agentMs,
    }),
    ...(judged.length === 0
      ? []
      : [
          row('validator', judged.length, lastCode === 0, {
            tokens: 0,
            cost_usd: 0,
            latency_ms: totals.validatorMs,
          }),
        ]),
  ];
  return {
    tool_calls: totals.toolCalls,
    token_total: tokensUsed({ totals }),
    cost_usd: totals.costUsd,
    latency_ms: totals.agentMs + totals.validatorMs,
    per_tool: rows,
  };
}

function row(
  tool: string,
  attempts: number,
  succeeded: boolean,
  costs: Pick<ToolMetricsRow, 'tokens' | 'cost_usd' | 'latency_ms'>,
): ToolMetricsRow {
  return {
    tool,
    ...costs,
    attempts,
    status: succeeded ? 'succeeded' : 'failed',
    sandbox_state: 'sandboxed',
  };
}
