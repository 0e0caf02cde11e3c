import * as z from 'zod/mini';

/** Makes sure that a parsed `protected.json` is one: paths with the hashes of their files. Throws when it is not. */
export function parseNote(document: unknown): Map<string, string> {
  return new Map(Object.entries(noteSchema.parse(document).files));
}

const noteSchema = z.object({ files: z.record(z.string(), z.string()) });
