/** A field in which a document is not what it should be; `undefined`: not there. */
export interface FieldDifference {
  /** As in `epochs[0].tools`. */
  field: string;
  stored: unknown;
  recomputed: unknown;
}

/** Every field in which two JSON documents differ, however deep; times of the last change are left out. Pure. */
export function documentDifferences(stored: unknown, recomputed: unknown, field = ''): FieldDifference[] {
  const [storedFields, newFields] = [fieldsOf(stored), fieldsOf(recomputed)];
  if (storedFields === null || newFields === null || Array.isArray(stored) !== Array.isArray(recomputed)) {
    return Object.is(stored, recomputed) ? [] : [{ field, stored, recomputed }];
  }
  const isList = Array.isArray(recomputed);
  return [...new Set([...newFields.keys(), ...storedFields.keys()])]
    .filter((name) => name !== 'updated_at')
    .flatMap((name) =>
      documentDifferences(storedFields.get(name), newFields.get(name), pathOf(field, name, isList)),
    );
}

function fieldsOf(value: unknown): Map<string, unknown> | null {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : null;
}

function pathOf(parent: string, name: string, isList: boolean): string {
  if (isList) return `${parent}[${name}]`;
  return parent === '' ? name : `${parent}.${name}`;
}
