import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';

const schema = z.strictObject({
  operation: z.enum(['write', 'read', 'fsync', 'replace', 'link']),
  /** Relative to the folder that is watched; of a replace and a link the new name. */
  path: z.string(),
  /** Of a write and a read; none of no bytes is noted. */
  bytes: z.int(),
});

/** One call that a process made, as Node saw it. */
export type FileOperation = z.infer<typeof schema>;

const PRELOAD = fileURLToPath(new URL('../fixtures/fileOperations.cjs', import.meta.url));

/**
 * Watches what a Node process started with `env` does to the files below `folder`, but not what its children do. To be
 * read when it has ended.
 */
export function watchFileOperations(folder: string): {
  env: { NODE_OPTIONS: string; CODEX_TEST_OPERATIONS: string };
  read: () => FileOperation[];
} {
  const file = path.join(folder, 'operations.ndjson');
  return {
    env: {
      NODE_OPTIONS: `--require "${PRELOAD}"`,
      CODEX_TEST_OPERATIONS: JSON.stringify({ folder, file }),
    },
    read: () =>
      readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => schema.parse(JSON.parse(line))),
  };
}
