import * as z from 'zod';
import { count } from './schemaParts.ts';

const ms = z.number().nonnegative();
const volume = z.strictObject({ count, bytes: count });
const time = ms.nullable();

const cacheAccount = z.strictObject({
  result: z.enum(['hit', 'miss', 'unused']),
  key: z.nullable(z.string().check(z.regex(/^[0-9a-f]{64}$/))),
  source_run_id: z.nullable(z.string()),
  why: z.array(z.string()),
  stored: z.boolean(),
  not_stored: z.nullable(z.string()),
});

/** `profile.json`, field by field as docs/artifacts.md has it. */
export const profileSchema = z.strictObject({
  schema_version: z.literal(1),
  run_id: z.string(),
  status: z.enum(['succeeded', 'failed', 'cancelled']),
  resumed: z.boolean(),
  total_ms: ms,
  phases_ms: z.strictObject({ open: time, stages: time, finish: time, drain: time }),
  finish_parts_ms: z.strictObject({
    summary: time,
    manifest: time,
    journal_sync: time,
    metrics: time,
    runs_index: time,
  }),
  stages: z.array(
    z.strictObject({
      index: z.int().positive(),
      id: z.string(),
      duration_ms: ms,
      cache: z.optional(cacheAccount),
    }),
  ),
  files: z.strictObject({
    replaces: z.strictObject({ manifest: volume, other: volume }),
    appends: z.strictObject({ journal: volume, stage_logs: volume, metrics: volume, other: volume }),
    creations: volume,
    reads: volume,
    fsyncs: z.strictObject({ files: count, directories: count }),
    locks: z.strictObject({ acquired: count, taken_over: count, waits: count, waited_ms: ms }),
    bytes_written: count,
  }),
});

export type ProfileDocument = z.infer<typeof profileSchema>;
