import { hash } from 'node:crypto';
import type { KeyFacts } from './cacheKey.ts';
import type { InputFile } from './inputs/inputSnapshot.ts';

/** What is kept of the facts of an entry, to tell later why another one was needed. It holds no values of variables. */
export interface MissFacts extends Omit<KeyFacts, 'inputs'> {
  /** For each input by its path what differs when it does. */
  files: Readonly<Record<string, string>>;
}

type ComparedFile = Omit<InputFile, 'changedMs'>;

/** Enough to notice a change; the key decides whether there is one. */
const SHORT = 16;

/** What is to be kept of the facts and inputs of a stage. Values are replaced by the beginning of their SHA-256. */
export function missFacts(facts: KeyFacts, files: readonly ComparedFile[]): MissFacts {
  const { inputs: _digest, env, namedEnv, ...rest } = facts;
  return { ...rest, env: hidden(env), namedEnv: hidden(namedEnv), files: words(files) };
}

/** Understands facts that were read from a file; null for anything else. */
export function parseMissFacts(value: unknown): MissFacts | null {
  return isMissFacts(value) ? value : null;
}

function hidden<T extends string | null>(record: Readonly<Record<string, T>>): Record<string, string | T> {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [
      name,
      value === null ? value : hash('sha256', value).slice(0, SHORT),
    ]),
  );
}

function words(files: readonly ComparedFile[]): Record<string, string> {
  return Object.fromEntries(
    files.map(({ path, kind, executable, hash: content }) => [
      path,
      (kind === 'symlink' ? 'l' : executable ? 'x' : 'f') + content.slice(0, SHORT),
    ]),
  );
}

function isMissFacts(value: unknown): value is MissFacts {
  if (!isRecord(value)) return false;
  const { command, argv, cwd, env, namedEnv, files, outputs, needs } = value;
  const { platform, arch, nodeMajor, format } = value;
  return (
    [command, cwd, platform, arch].every((text) => typeof text === 'string') &&
    [nodeMajor, format].every((number) => typeof number === 'number') &&
    [env, namedEnv, files, needs].every(isRecord) &&
    (argv === null || Array.isArray(argv)) &&
    Array.isArray(outputs)
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
