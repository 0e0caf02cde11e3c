import { Option, type Command } from 'commander';
import { FailureError } from '../failure.ts';
import type { CommandDefinition } from './definition.ts';

/**
 * What was found for each key. Arguments fill, in order, the keys that no flag has given, so `logs --run X lint`
 * and `logs X lint` mean the same.
 */
export function rawOptions(definition: CommandDefinition, command: Command): Map<string, unknown> {
  const values = command.opts<Record<string, unknown>>();
  const raw = new Map<string, unknown>();
  for (const [key, spec] of Object.entries(definition.options)) {
    raw.set(key, values[new Option(spec.flags).attributeName()]);
  }
  const given: unknown[] = command.processedArgs.filter((value) => value !== undefined);
  for (const key of Object.keys(definition.arguments)) {
    if (given.length > 0 && raw.get(key) === undefined) raw.set(key, given.shift());
  }
  if (given.length > 0) {
    throw new FailureError({
      kind: 'usage',
      message: `Too many arguments: "${String(given[0])}" is one too many`,
    });
  }
  return raw;
}
