import type { AgentKind, Roles } from '../types.ts';
import type { OptionSource } from './optionProblem.ts';
import { parseIterations, parseMinutes, parseNumber, parseTokens, parseWhole } from './parseAmount.ts';
import type { RawLoopConfig, RawLoopOptions } from './rawOptions.ts';

/** One option of the loop: where it is found, what it may be, what it is when it was not given. */
export interface OptionRule<T> {
  /** Its flag; the variable where there is none. */
  option: string;
  variable: Exclude<OptionSource, 'flag' | 'config' | 'none'>;
  flag(flags: RawLoopOptions): string | undefined;
  config(config: RawLoopConfig): string | number | undefined;
  /** The accepted values, in words. */
  expected: string;
  fallback: T;
  /** undefined: not accepted. */
  parse(text: string): T | undefined;
}

const MOST_RETRIES = 100;
const LONGEST_RETRY_SECONDS = 3600;

/** Every option with one value but the goal. Defaults: RLM contract, section 2; those below `maxMinutes` are ours. */
export const OPTION_RULES = {
  validator: rule<string>({
    option: '--validator',
    variable: 'RLM_VALIDATOR',
    flag: (flags) => flags.validator,
    config: (config) => config.validator,
    expected: 'a shell command, "auto" or "none"',
    fallback: 'auto',
    parse: parseValidator,
  }),
  roles: rule<Roles>({
    option: '--roles',
    variable: 'RLM_ROLES',
    flag: (flags) => flags.roles,
    config: (config) => config.roles,
    expected: '"single" or "triad"',
    fallback: 'single',
    parse: oneOf('single', 'triad'),
  }),
  maxIterations: rule<number>({
    option: '--max-iterations',
    variable: 'RLM_MAX_ITERATIONS',
    flag: (flags) => flags.maxIterations,
    config: (config) => config.maxIterations,
    expected:
      'a whole number such as 20, or "unlimited", "unbounded", "infinite" or "infinity" (0 means the same)',
    fallback: 88,
    parse: parseIterations,
  }),
  maxMinutes: rule<number | null>({
    option: '--max-minutes',
    variable: 'RLM_MAX_MINUTES',
    flag: (flags) => flags.maxMinutes,
    config: (config) => config.maxMinutes,
    expected: 'a number of minutes such as 90 or 0.5 (0 means no limit)',
    fallback: 2880,
    parse: parseMinutes,
  }),
  iterationMinutes: rule<number | null>({
    option: '--iteration-minutes',
    variable: 'RLM_ITERATION_MINUTES',
    flag: (flags) => flags.iterationMinutes,
    config: (config) => config.iterationMinutes,
    expected: 'a number of minutes such as 15 or 0.5 (0 means no limit)',
    fallback: null,
    parse: parseMinutes,
  }),
  maxTokens: rule<number | null>({
    option: '--max-tokens',
    variable: 'RLM_MAX_TOKENS',
    flag: (flags) => flags.maxTokens,
    config: (config) => config.maxTokens,
    expected: 'a whole number of tokens such as 2000000 (0 means no limit)',
    fallback: null,
    parse: parseTokens,
  }),
  agent: rule<AgentKind>({
    option: '--agent',
    variable: 'RLM_AGENT',
    flag: (flags) => flags.agent,
    config: (config) => config.agent,
    expected: '"codex", "claude" or "command"',
    fallback: 'codex',
    parse: oneOf('codex', 'claude', 'command'),
  }),
  agentCommand: rule<string | null>({
    option: '--agent-command',
    variable: 'RLM_AGENT_COMMAND',
    flag: (flags) => flags.agentCommand,
    config: (config) => config.agentCommand,
    expected: 'a shell command that reads the prompt from its standard input',
    fallback: null,
    parse: shellText,
  }),
  agentRetries: rule<number>({
    option: 'RLM_AGENT_RETRIES',
    variable: 'RLM_AGENT_RETRIES',
    flag: () => undefined,
    config: (config) => config.agentRetries,
    expected: `a whole number from 0 to ${MOST_RETRIES}`,
    fallback: 5,
    parse: (text) => atMost(MOST_RETRIES, parseWhole(text)),
  }),
  agentRetrySeconds: rule<number>({
    option: 'RLM_AGENT_RETRY_SECONDS',
    variable: 'RLM_AGENT_RETRY_SECONDS',
    flag: () => undefined,
    config: (config) => config.agentRetrySeconds,
    expected: `a number of seconds from 0 to ${LONGEST_RETRY_SECONDS}, such as 2 or 0.5`,
    fallback: 2,
    parse: (text) => atMost(LONGEST_RETRY_SECONDS, parseNumber(text)),
  }),
};

/** Gives every rule its exact type. */
function rule<T>(facts: OptionRule<T>): OptionRule<T> {
  return facts;
}

function oneOf<W extends string>(...words: W[]): (text: string) => W | undefined {
  return (text) => words.find((word) => word === text.trim().toLowerCase());
}

/** Blank means `auto`; the two words are told in any case. */
function parseValidator(text: string): string | undefined {
  return text.trim() === '' ? 'auto' : (oneOf('auto', 'none')(text) ?? shellText(text));
}

/** No process can be given a NUL byte as an argument. */
function shellText(text: string): string | undefined {
  const command = text.trim();
  return command === '' || command.includes('\0') ? undefined : command;
}

function atMost(most: number, value: number | undefined): number | undefined {
  return value !== undefined && value <= most ? value : undefined;
}
