import { type JsonSchema, matchesSchema } from './matchesSchema.ts';
import type { ConfigFile } from './schema.ts';

/** The validator's schema, put in place by the bundler; absent when the sources run as they are. */
declare const __CONFIG_SCHEMA__: JsonSchema;

/**
 * Whether a parsed `codex.orchestrator.json` has the right shape without any doubt. If not, the validator has to look, which
 * takes 4 ms to load. Sources that run as they are always ask the validator.
 */
export function isConfigFile(document: unknown): document is ConfigFile {
  return typeof __CONFIG_SCHEMA__ === 'object' && matchesSchema(document, __CONFIG_SCHEMA__);
}
