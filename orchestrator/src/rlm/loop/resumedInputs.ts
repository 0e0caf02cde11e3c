import type { LoopInputs } from '../options/rawOptions.ts';
import type { LoopState } from './loopState.ts';

/** Variables that say how to call the agent rather than what the loop is about. */
const CALLING = ['RLM_AGENT_RETRIES', 'RLM_AGENT_RETRY_SECONDS', 'CODEX_SUBAGENTS', 'RLM_SUBAGENTS'];

/**
 * The inputs of a loop that goes on: what it was begun with, unless a flag says otherwise now. The environment and the
 * configuration may have changed meanwhile; they are asked only how to call the agent.
 */
export function resumedInputs(state: LoopState, { flags, env, config }: LoopInputs): LoopInputs {
  const given = Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
  const { agent } = state;
  return {
    flags: {
      goal: state.goal,
      validator: state.validator ?? 'auto',
      maxIterations: String(state.maxIterations),
      maxMinutes: String(state.maxMinutes ?? 0),
      ...(state.iterationMinutes !== null && { iterationMinutes: String(state.iterationMinutes) }),
      ...(state.maxTokens !== null && { maxTokens: String(state.maxTokens) }),
      roles: state.roles,
      ...(flags.agent === undefined && flags.agentCommand === undefined && agentFlags(state)),
      ...given,
      agentArgs: flags.agentArgs.length > 0 ? flags.agentArgs : agent.args,
      protect: flags.protect.length > 0 ? flags.protect : state.protect,
    },
    env: Object.fromEntries(CALLING.map((name) => [name, env[name]])),
    config: config && { agentRetries: config.agentRetries, agentRetrySeconds: config.agentRetrySeconds },
  };
}

function agentFlags({ agent: { kind, command } }: LoopState): Partial<LoopInputs['flags']> {
  return { agent: kind, ...(command !== null && { agentCommand: command }) };
}
