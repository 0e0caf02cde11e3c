import type { OptionProblem, OptionSource } from './optionProblem.ts';
import type { OptionRule } from './optionRules.ts';
import type { LoopInputs } from './rawOptions.ts';

/** A value as it was given, and where. */
export interface Given {
  text: string;
  source: OptionSource;
}

/** Reads options by their rules and keeps what is wrong with them. */
export interface OptionReader {
  /** The value of an option; `instead`, by default that of an option that was not given, where it is wrong. */
  read<T>(rule: OptionRule<T>, instead?: T): T;
  /** In the order of reading. */
  problems: OptionProblem[];
}

export function createOptionReader(inputs: LoopInputs): OptionReader {
  const problems: OptionProblem[] = [];
  return {
    problems,
    read: (rule, instead = rule.fallback) => {
      const given = findGiven(inputs, rule);
      if (given === null) return rule.fallback;
      const value = rule.parse(given.text);
      if (value !== undefined) return value;
      const { option, expected } = rule;
      problems.push({ option, source: given.source, value: given.text, expected });
      return instead;
    },
  };
}

/** The value that counts: of the flag, else of the variable unless that is blank, else of the configuration. */
export function findGiven(
  { flags, env, config }: LoopInputs,
  rule: Pick<OptionRule<unknown>, 'flag' | 'variable' | 'config'>,
): Given | null {
  const flag = rule.flag(flags);
  if (flag !== undefined) return { text: flag, source: 'flag' };
  const variable = env[rule.variable] ?? '';
  if (variable.trim() !== '') return { text: variable, source: rule.variable };
  const configured = config === null ? undefined : rule.config(config);
  return configured === undefined ? null : { text: String(configured), source: 'config' };
}
