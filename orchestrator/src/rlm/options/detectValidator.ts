import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../../storage/errorCode.ts';

/** A command that would check the repository. */
export interface ValidatorCandidate {
  /** Shell text. */
  command: string;
  /** What speaks for it: `<ecosystem>: <evidence>`, several joined by `; `. */
  reason: string;
}

/** What the files in the root of a repository say about its validator. */
export type ValidatorDetection =
  | { kind: 'missing' }
  | ({ kind: 'selected' } & ValidatorCandidate)
  | { kind: 'ambiguous'; candidates: ValidatorCandidate[] };

const NODE_TOOLS = ['pnpm', 'yarn', 'npm', 'bun'];

/** Files that are evidence, in the order of the candidates. */
const EVIDENCE: readonly (readonly [ecosystem: string, file: string, command: string])[] = [
  ['node', 'pnpm-lock.yaml', 'pnpm test'],
  ['node', 'yarn.lock', 'yarn test'],
  ['node', 'package-lock.json', 'npm test'],
  ['node', 'bun.lockb', 'bun test'],
  ['python', 'pyproject.toml', 'python -m pytest'],
  ['python', 'pytest.ini', 'pytest'],
  ['python', 'requirements.txt', 'pytest'],
  ['go', 'go.mod', 'go test ./...'],
  ['rust', 'Cargo.toml', 'cargo test'],
];

/**
 * Looks for the command that validates a repository (RLM contract, section 3): files in its root only, nothing is
 * run. Different commands are ambiguous, also within one ecosystem.
 *
 * @throws errno errors of files that are there and cannot be looked at or read.
 */
export async function detectValidator(repoRoot: string): Promise<ValidatorDetection> {
  const [manager, ...found] = await Promise.all([
    packageManager(repoRoot),
    ...EVIDENCE.map(([, file]) => isFile(path.join(repoRoot, file))),
  ]);
  const reasons = new Map<string, string[]>();
  const add = (command: string, reason: string) =>
    reasons.set(command, [...(reasons.get(command) ?? []), reason]);
  if (manager !== null) add(`${manager.tool} test`, `node: packageManager=${manager.value}`);
  EVIDENCE.forEach(([ecosystem, file, command], index) => {
    if (found[index] === true) add(command, `${ecosystem}: ${file}`);
  });
  const candidates = [...reasons].map(([command, why]) => ({ command, reason: why.join('; ') }));
  const [first] = candidates;
  if (first === undefined) return { kind: 'missing' };
  return candidates.length === 1 ? { kind: 'selected', ...first } : { kind: 'ambiguous', candidates };
}

/** The field of `package.json`; null where it does not name a known tool or the file is no JSON object. */
async function packageManager(root: string): Promise<{ tool: string; value: string } | null> {
  const file = path.join(root, 'package.json');
  // Looked at first: reading a named pipe would wait for ever.
  if (!(await isFile(file))) return null;
  const value = fieldOf(await readFile(file, 'utf8'), 'packageManager');
  const tool = NODE_TOOLS.find((name) => name === value?.split('@')[0]?.trim());
  return value === undefined || tool === undefined ? null : { tool, value };
}

function fieldOf(json: string, name: string): string | undefined {
  try {
    const document: unknown = JSON.parse(json.replace(/^\ufeff/, ''));
    if (typeof document !== 'object' || document === null) return undefined;
    const entry = Object.entries(document).find(([key]) => key === name);
    return typeof entry?.[1] === 'string' ? entry[1] : undefined;
  } catch {
    // An invalid package.json is no evidence.
    return undefined;
  }
}

async function isFile(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errorCode(error))) return false;
    throw error;
  }
}
