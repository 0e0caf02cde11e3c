/** A name and what it stands for: a path, a command. */
export type Place = [name: string, value: string];

/** Where things are, or how to get there: a line each, what stands behind the names in one column. */
export function placeLines(places: readonly Place[]): string[] {
  const width = Math.max(...places.map(([name]) => name.length)) + 1;
  return places.map(([name, value]) => `  ${`${name}:`.padEnd(width)} ${value}`);
}
