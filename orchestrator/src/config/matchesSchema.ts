import { hasKey, isTable } from './jsonValue.ts';

/** A JSON Schema, draft-07, as far as {@link matchesSchema} knows its keywords. */
export interface JsonSchema {
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  minLength?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  minItems?: number;
  items?: JsonSchema;
  required?: string[];
  properties?: Record<string, JsonSchema>;
  propertyNames?: JsonSchema;
  additionalProperties?: false | JsonSchema;
}

/**
 * Whether a value that `JSON.parse` made matches a schema, and nothing more: no words, no places. So it is small, where a
 * validator that says what is wrong takes a while to load.
 *
 * No is also the answer where it cannot know: to a keyword without a check, and to an object with a key `__proto__`, which
 * validators treat in ways of their own. Of `oneOf`, one that matches is enough: the alternatives of our schemas
 * exclude each other.
 */
export function matchesSchema(value: unknown, schema: JsonSchema): boolean {
  return Object.keys(schema).every((keyword) => CHECKS[keyword]?.(value, schema) ?? false);
}

/** As in JSON Schema, a keyword says nothing about values of other types than its own. */
const CHECKS: Partial<Record<string, (value: unknown, schema: JsonSchema) => boolean>> = {
  anyOf: (value, { anyOf = [] }) => anyOf.some((schema) => matchesSchema(value, schema)),
  oneOf: (value, { oneOf = [] }) => oneOf.some((schema) => matchesSchema(value, schema)),
  type: (value, { type = [] }) => [type].flat().some((name) => isOfType(value, name)),
  const: (value, schema) => value === schema.const,
  enum: (value, { enum: values = [] }) => values.includes(value),
  minLength: (value, { minLength = 0 }) => typeof value !== 'string' || value.length >= minLength,
  minimum: (value, { minimum = 0 }) => typeof value !== 'number' || value >= minimum,
  maximum: (value, { maximum = 0 }) => typeof value !== 'number' || value <= maximum,
  exclusiveMinimum: (value, { exclusiveMinimum: limit = 0 }) => typeof value !== 'number' || value > limit,
  minItems: (value, { minItems = 0 }) => !Array.isArray(value) || value.length >= minItems,
  items: (value, { items = {} }) =>
    !Array.isArray(value) || value.every((item) => matchesSchema(item, items)),
  required: (value, { required = [] }) => !isTable(value) || required.every((key) => hasKey(value, key)),
  properties: membersMatch,
  propertyNames: (value, { propertyNames = {} }) =>
    !isTable(value) || Object.keys(value).every((key) => matchesSchema(key, propertyNames)),
  additionalProperties: (value, schema) => schema.properties !== undefined || membersMatch(value, schema),
};

function membersMatch(value: unknown, { properties = {}, additionalProperties = {} }: JsonSchema): boolean {
  if (!isTable(value)) return true;
  return Object.entries(value).every(([key, member]) => {
    if (key === '__proto__') return false;
    const schema = Object.hasOwn(properties, key) ? properties[key] : additionalProperties;
    return schema !== undefined && schema !== false && matchesSchema(member, schema);
  });
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case 'object':
      return isTable(value);
    case 'array':
      return Array.isArray(value);
    case 'number':
      // `1e999` is JSON, but no number.
      return Number.isFinite(value);
    case 'integer':
      return Number.isSafeInteger(value);
    default:
      return (type === 'string' || type === 'boolean') && typeof value === type;
  }
}
