import * as z from 'zod';

/** Pieces that several schemas of written evidence share. */
export const s1 = z.string().min(1);
export const count = z.int().min(0);
export const freeObject = z.record(z.string(), z.unknown());
export const guardMode = z.enum(['shadow', 'enforce']);
export const runStatus = z.enum(['queued', 'in_progress', 'succeeded', 'failed', 'cancelled']);

/** All times in evidence are UTC with milliseconds and `Z`. */
export const timestamp = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

/** What is wrong with a value, one `path: message` each; empty when it is valid. */
export function problemsOf(schema: z.ZodType, value: unknown): string[] {
  const result = schema.safeParse(value);
  if (result.success) return [];
  return result.error.issues.map((issue) => `${issue.path.join('.') || '(document)'}: ${issue.message}`);
}
