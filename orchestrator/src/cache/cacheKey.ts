import { hash } from 'node:crypto';

/** All that decides what a stage does, as far as it is known before it runs. */
export interface KeyFacts {
  /** As it is configured; shell text. */
  command: string;
  /** Program and arguments when it does not run in a shell. */
  argv: readonly string[] | null;
  /** Relative to the root of the repository. */
  cwd: string;
  /** Variables that the stage sets. */
  env: Readonly<Record<string, string>>;
  /** Variables of the surroundings that it names; null: not set. */
  namedEnv: Readonly<Record<string, string | null>>;
  /** Digest of the inputs. */
  inputs: string;
  /** Globs. */
  outputs: readonly string[];
  /** Keys of the stages it needs, by their ids. */
  needs: Readonly<Record<string, string>>;
  platform: string;
  arch: string;
  nodeMajor: number;
  /** Version of the form of entries. */
  format: number;
}

/**
 * The key of a stage in the cache: SHA-256, hex, over a JSON array of all facts in a fixed order, records as lists of pairs
 * by name. JSON quotes whatever is in a text, so different facts never come to the same bytes.
 */
export function cacheKey(facts: KeyFacts): string {
  const { command, argv, cwd, env, namedEnv, inputs, outputs, needs } = facts;
  const { platform, arch, nodeMajor, format } = facts;
  const stage = [command, argv, cwd, pairs(env), pairs(namedEnv), inputs, outputs, pairs(needs)];
  return hash('sha256', JSON.stringify([format, ...stage, platform, arch, nodeMajor]));
}

function pairs(record: Readonly<Record<string, string | null>>): [string, string | null][] {
  return Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
