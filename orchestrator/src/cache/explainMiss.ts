import type { MissFacts } from './missFacts.ts';

/** Inputs that are named; of more there is only the number. */
const NAMED_INPUTS = 5;

/**
 * Tells in words why the last entry of a stage does not do: one line for each thing that changed, inputs first.
 * Variables are named without their values.
 *
 * @param last - the facts of the entry that was stored last; null when there is none.
 */
export function explainMiss(now: MissFacts, last: MissFacts | null): string[] {
  if (last === null) return ['no entry has been stored before'];
  const lines = [
    ...inputLines(now, last),
    ...(isSame([now.command, now.argv], [last.command, last.argv]) ? [] : ['command changed']),
    ...(now.cwd === last.cwd ? [] : [`working directory is ${now.cwd}, was ${last.cwd}`]),
    ...changes(now.env, last.env).map(({ name, how }) => `variable ${name} of the stage ${how}`),
    ...changes(set(now.namedEnv), set(last.namedEnv)).map(({ name, how }) => `variable ${name} ${how}`),
    ...changes(now.needs, last.needs).map(({ name, how }) => `needed stage ${name} ${how}`),
    ...(isSame(now.outputs, last.outputs) ? [] : ['output globs changed']),
    ...(now.platform === last.platform ? [] : [`platform is ${now.platform}, was ${last.platform}`]),
    ...(now.arch === last.arch ? [] : [`architecture is ${now.arch}, was ${last.arch}`]),
    ...(now.nodeMajor === last.nodeMajor ? [] : [`Node.js is ${now.nodeMajor}, was ${last.nodeMajor}`]),
    ...(now.format === last.format ? [] : ['the form of entries changed']),
  ];
  return lines.length === 0 ? ['nothing changed, but the entry is not in the cache any more'] : lines;
}

function inputLines(now: MissFacts, last: MissFacts): string[] {
  const lines = changes(now.files, last.files).map(({ name, how }) => `input ${name} ${how}`);
  const rest = lines.length - NAMED_INPUTS;
  if (rest <= 0) return lines;
  return [...lines.slice(0, NAMED_INPUTS), `and ${rest} more input${rest === 1 ? '' : 's'}`];
}

type Words = Readonly<Record<string, string>>;

/** Sorted by name. */
function changes(now: Words, last: Words): { name: string; how: string }[] {
  const [after, before] = [new Map(Object.entries(now)), new Map(Object.entries(last))];
  return [...new Set([...after.keys(), ...before.keys()])]
    .filter((name) => after.get(name) !== before.get(name))
    .toSorted()
    .map((name) => ({ name, how: !before.has(name) ? 'is new' : after.has(name) ? 'changed' : 'is gone' }));
}

/** Without variables that are not set. */
function set(variables: MissFacts['namedEnv']): Words {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
  );
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
