/** Steps from a document to a value in it: property names and array indices. */
export type JsonPath = readonly (string | number)[];

export type Table = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object (or a TOML table). */
export function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object in `value`, or an empty one where something else stands. */
export function tableIn(value: unknown): Table {
  return isTable(value) ? value : {};
}

/** The array in `value`, or an empty one where something else stands. */
export function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The text in `value`; undefined where something else stands. */
export function textIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The value at `path`; undefined where the path leads nowhere. */
export function valueAt(document: unknown, path: JsonPath): unknown {
  let value = document;
  for (const step of path) {
    value = typeof step === 'number' ? listIn(value)[step] : own(tableIn(value), step);
  }
  return value;
}

/** Whether an object has this property of its own. */
export function hasKey(value: unknown, key: string): boolean {
  return Object.hasOwn(tableIn(value), key);
}

function own(table: Table, key: string): unknown {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
