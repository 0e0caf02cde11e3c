import type { AgentSettings } from '../types.ts';
import type { AgentAdapter } from './adapter.ts';

/**
 * The adapter for the agent that was chosen. Only that one is loaded.
 *
 * @param env what the adapter may look at to decide how the agent is called
 */
export async function createAdapter(
  agent: Pick<AgentSettings, 'kind' | 'command' | 'args'>,
  env: NodeJS.ProcessEnv,
): Promise<AgentAdapter> {
  const { kind, args } = agent;
  switch (kind) {
    case 'codex': {
      const { codexAdapter } = await import('./codex.ts');
      return codexAdapter({ args, env });
    }
    case 'claude': {
      const { claudeAdapter } = await import('./claude.ts');
      return claudeAdapter({ args });
    }
    case 'command': {
      if (agent.command === null) throw new Error('The agent "command" was chosen without a command.');
      const { commandAdapter } = await import('./command.ts');
      return commandAdapter({ command: agent.command, args });
    }
    default:
      return kind satisfies never;
  }
}
