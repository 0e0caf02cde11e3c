/**
 * The command that the first of the words name, of one word or of two; the longer name wins, so `rlm restore` is not
 * a goal for `rlm`.
 */
export function commandNamed<T extends { name: string }>(
  commands: readonly T[],
  words: readonly string[],
): T | undefined {
  const [first = '', second] = words;
  const long = second === undefined ? undefined : `${first} ${second}`;
  return commands.find(({ name }) => name === long) ?? commands.find(({ name }) => name === first);
}

/** How many words the name of a command has. */
export function wordCount({ name }: { name: string }): number {
  return name.split(' ').length;
}
