import * as z from 'zod/mini';

/** The words in which the shape of the configuration is written: fields with what editors show at them. */

/** What editors show at a field; goes into the JSON Schema as it is. */
export const fieldHelp = z.registry<{
  /** Name of the definition in the JSON Schema, for shapes that are used more than once. */
  id?: string;
  title?: string;
  description: string;
  default?: unknown;
  examples?: unknown[];
}>();

type Help = { id?: string; default?: unknown; examples?: unknown[] };

export function must<S extends z.core.$ZodType>(schema: S, description: string, help: Help = {}): S {
  fieldHelp.add(schema, { description, ...help });
  return schema;
}

export function may<S extends z.core.$ZodType>(
  schema: S,
  description: string,
  help: Help = {},
): z.ZodMiniOptional<S> {
  fieldHelp.add(schema, { description, ...help });
  return z.optional(schema);
}

export function named<S extends z.core.$ZodType>(schema: S, id: string, description: string): S {
  return must(schema, description, { id });
}

export function nonEmptyText(): z.ZodMiniString {
  return z.string().check(z.minLength(1));
}

export function numberBetween(least: number, most: number): z.ZodMiniNumberFormat {
  return z.int().check(z.gte(least), z.lte(most));
}
