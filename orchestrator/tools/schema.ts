import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as z from 'zod/mini';
import { configFileSchema } from '../src/config/schema.ts';
import { fieldHelp } from '../src/config/schemaFields.ts';
import { jsonDocument, replaceFileSync } from '../src/storage/replaceFile.ts';

/**
 * Writes the JSON Schema of `codex.orchestrator.json` from the validator. `--check` writes nothing and fails when
 * the published file says something else.
 */

const SCHEMA_PATH = fileURLToPath(new URL('../../schemas/codex.orchestrator.schema.json', import.meta.url));

/** The text of `schemas/codex.orchestrator.schema.json`, draft-07: the newest draft that all editors complete. */
export function schemaText(): string {
  const { $schema, ...schema } = z.toJSONSchema(configFileSchema, {
    target: 'draft-07',
    metadata: fieldHelp,
    io: 'input',
  });
  return jsonDocument({
    $schema,
    $id: 'https://unpkg.com/codex-orchestrator/schemas/codex.orchestrator.schema.json',
    title: 'codex.orchestrator.json',
    description: 'Pipelines of a repository, run by codex-orchestrator.',
    ...schema,
    anyOf: [{ required: ['pipelines'] }, { required: ['rlm'] }],
  });
}

/** The validator as a JSON Schema (draft-07) without definitions or words, for the program to check by itself. */
export function bareSchema(): object {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(configFileSchema, {
    target: 'draft-07',
    metadata: z.registry(),
    io: 'input',
  });
  return schema;
}

/** Writes it, unless that is what is there: stages that run beside this one read it. */
export function writeSchema(): void {
  const text = schemaText();
  if (readIfPresent(SCHEMA_PATH) !== text) replaceFileSync(SCHEMA_PATH, text);
}

function main(arguments_: string[]): void {
  if (!arguments_.includes('--check')) {
    writeSchema();
    return;
  }
  if (readIfPresent(SCHEMA_PATH) === schemaText()) return;
  console.error(`${SCHEMA_PATH} is stale: run "npx tsx orchestrator/tools/schema.ts"`);
  process.exitCode = 1;
}

function readIfPresent(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.slice(2));
