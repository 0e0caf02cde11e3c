import { OPTION_RULES } from '../options/optionRules.ts';
import type { LoopInputs } from '../options/rawOptions.ts';
import type { LoopState } from './loopState.ts';

/**
 * The inputs of a loop that never got as far as its first snapshot and begins once more: the flags that it was started
 * with, unless they are given anew now. Where it ended because of its options, what the environment says now counts
 * more than those flags too, since that is how they can be put right.
 */
export function repeatedInputs({ goal, given, final }: LoopState, { flags, ...now }: LoopInputs): LoopInputs {
  const isOverruled = (name: string): boolean =>
    final !== undefined && VARIABLES.get(name)?.some((each) => (now.env[each] ?? '').trim() !== '') === true;
  const before = { ...(goal !== '' && { goal }), ...given };
  const kept = Object.fromEntries(
    Object.entries(before).filter(([name, value]) => value !== undefined && !isOverruled(name)),
  );
  const renewed = Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
  return {
    ...now,
    flags: {
      ...kept,
      ...renewed,
      agentArgs: renewedList(flags.agentArgs, isOverruled('agentArgs') ? [] : given.agentArgs),
      protect: renewedList(flags.protect, isOverruled('protect') ? [] : given.protect),
    },
  };
}

const AGENT = ['RLM_AGENT', 'RLM_AGENT_COMMAND'];

/** The variables for the same as a flag. The flags about the agent only mean something together. */
const VARIABLES = new Map<string, readonly string[]>([
  ...Object.entries(OPTION_RULES).map(([name, { variable }]) => [name, [variable]] as const),
  ['goal', ['RLM_GOAL']],
  ['agent', AGENT],
  ['agentCommand', AGENT],
  ['agentArgs', [...AGENT, 'RLM_AGENT_ARGS']],
  ['protect', ['RLM_PROTECT']],
]);

function renewedList(now: readonly string[], before: readonly string[]): readonly string[] {
  return now.length > 0 ? now : before;
}
