import { DEFAULT_CAPS, type CacheCaps } from '../cache/store/pruneCache.ts';
import { FailureError } from '../failure.ts';
import { EXPECTED_SIZE, parseByteSize } from './byteSize.ts';

const BYTES_VARIABLE = 'CODEX_ORCHESTRATOR_CACHE_MAX_BYTES';
const DAYS_VARIABLE = 'CODEX_ORCHESTRATOR_CACHE_MAX_DAYS';
const DAY_MS = 86_400_000;
const EXPECTED_DAYS = 'a whole number of days, such as 30';

/**
 * How much the stage cache may keep: `CODEX_ORCHESTRATOR_CACHE_MAX_BYTES` (bytes, or a size such as `500M`) and
 * `CODEX_ORCHESTRATOR_CACHE_MAX_DAYS` (whole days without use), else 2 GiB and 30 days. A blank variable counts as unset.
 *
 * @throws FailureError `usage` for a variable that is no such size or number.
 */
export function cacheCapsOf(env: NodeJS.ProcessEnv): CacheCaps {
  return {
    maxBytes: read(env, BYTES_VARIABLE, parseByteSize, EXPECTED_SIZE) ?? DEFAULT_CAPS.maxBytes,
    maxAgeMs: read(env, DAYS_VARIABLE, parseDays, EXPECTED_DAYS) ?? DEFAULT_CAPS.maxAgeMs,
  };
}

/** In ms. */
function parseDays(text: string): number | null {
  return /^\d{1,5}$/.test(text) ? Number(text) * DAY_MS : null;
}

function read(
  env: NodeJS.ProcessEnv,
  name: string,
  parse: (text: string) => number | null,
  expected: string,
): number | null {
  const text = env[name]?.trim() ?? '';
  if (text === '') return null;
  const value = parse(text);
  if (value !== null) return value;
  throw new FailureError({ kind: 'usage', message: `${name} is "${text}": expected ${expected}` });
}
