import { OPTION_RULES, type OptionRule } from '../options/optionRules.ts';
import type { LoopInputs } from '../options/rawOptions.ts';
import type { GivenFlags, LoopState } from './loopState.ts';

/**
 * The inputs of a loop that never got as far as its first snapshot and begins once more: the flags that it was started
 * with, unless they are given anew now. One that was wrong gives way to what the environment says, for there it can be
 * put right.
 */
export function repeatedInputs({ goal, given }: LoopState, { flags, env, config }: LoopInputs): LoopInputs {
  const before = { ...(goal !== '' && { goal }), ...withoutWrong(given, env) };
  const renewed = Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
  return {
    flags: {
      ...before,
      ...renewed,
      agentArgs: flags.agentArgs.length > 0 ? flags.agentArgs : given.agentArgs,
      protect: flags.protect.length > 0 ? flags.protect : given.protect,
    },
    env,
    config,
  };
}

const RULES = new Map<string, OptionRule<unknown>>(Object.entries(OPTION_RULES));

function withoutWrong(given: GivenFlags, env: NodeJS.ProcessEnv): GivenFlags {
  const isGivingWay = (name: string): boolean => {
    const rule = RULES.get(name);
    const text = rule?.flag(given);
    const isWrong = text !== undefined && rule?.parse(text) === undefined;
    return isWrong && (env[rule?.variable ?? ''] ?? '').trim() !== '';
  };
  const kept = Object.entries(given).filter(([name]) => !isGivingWay(name));
  return { ...Object.fromEntries(kept), agentArgs: given.agentArgs, protect: given.protect };
}
