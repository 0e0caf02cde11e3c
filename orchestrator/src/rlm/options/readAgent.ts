import type { AgentKind, AgentSettings } from '../types.ts';
import type { OptionSource } from './optionProblem.ts';
import { findGiven, type OptionReader } from './optionReader.ts';
import { OPTION_RULES } from './optionRules.ts';
import type { LoopInputs } from './rawOptions.ts';

const ARGS_VARIABLE = 'RLM_AGENT_ARGS';

/**
 * Which agent, and how it is called. A command of one's own implies the agent `command` unless an agent was named in
 * the same place or one that counts more.
 */
export function readAgent(inputs: LoopInputs, reader: OptionReader): AgentSettings {
  const kind = isCommandImplied(inputs) ? 'command' : reader.read(OPTION_RULES.agent);
  return {
    kind,
    command: readCommand(inputs, reader, kind),
    args: readArgs(inputs, reader, kind),
    retries: reader.read(OPTION_RULES.agentRetries),
    retryDelayMs: Math.round(reader.read(OPTION_RULES.agentRetrySeconds) * 1000),
  };
}

function isCommandImplied(inputs: LoopInputs): boolean {
  const command = findGiven(inputs, OPTION_RULES.agentCommand);
  if (command === null) return false;
  const named = findGiven(inputs, OPTION_RULES.agent);
  return named === null || rankOf(command.source) < rankOf(named.source);
}

function rankOf(source: OptionSource): number {
  return source === 'flag' ? 0 : source === 'config' ? 2 : 1;
}

function readCommand(inputs: LoopInputs, reader: OptionReader, kind: AgentKind): string | null {
  const { option, expected } = OPTION_RULES.agentCommand;
  const given = findGiven(inputs, OPTION_RULES.agentCommand);
  if (kind === 'command') {
    if (given === null) {
      const wanted = `${expected}, because the agent is "command"`;
      reader.problems.push({ option, source: 'none', value: '', expected: wanted });
    }
    return reader.read(OPTION_RULES.agentCommand);
  }
  // Variables and the configuration may have it ready for another time; on the command line it is a contradiction.
  if (given?.source === 'flag') {
    const detail = `${option} is for the agent "command", and the agent is "${kind}". Give only one of the two.`;
    reader.problems.push({ option, source: 'flag', value: given.text, expected, detail });
  }
  return null;
}

/** Arguments from a place that names another agent are for that one: they could mean anything to this one. */
function readArgs({ flags, env, config }: LoopInputs, reader: OptionReader, kind: AgentKind): string[] {
  const isMeant = (agent: string | undefined, command: string | undefined): boolean =>
    (agent?.trim().toLowerCase() || (command?.trim() ? 'command' : kind)) === kind;
  if (flags.agentArgs.length > 0) return [...flags.agentArgs];
  const variable = env[ARGS_VARIABLE]?.trim() ?? '';
  if (variable !== '' && isMeant(env['RLM_AGENT'], env['RLM_AGENT_COMMAND'])) {
    return argsIn(variable) ?? complain(reader, variable);
  }
  return isMeant(config?.agent, config?.agentCommand) ? [...(config?.agentArgs ?? [])] : [];
}

function argsIn(text: string): string[] | null {
  if (!text.startsWith('[')) return text.split(/\s+/);
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : null;
  } catch {
    // Said by the caller, who knows what was expected.
    return null;
  }
}

function complain(reader: OptionReader, value: string): string[] {
  const expected = 'a JSON array of strings such as ["-c", "model=x"], or words separated by white space';
  reader.problems.push({ option: '--agent-arg', source: ARGS_VARIABLE, value, expected });
  return [];
}
