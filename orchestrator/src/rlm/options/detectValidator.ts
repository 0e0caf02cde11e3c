import path from 'node:path';
import { isFile } from './isFile.ts';
import { readPackageManifest } from './packageManifest.ts';

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

/** The field of `package.json`; null where it does not name a known tool. */
async function packageManager(root: string): Promise<{ tool: string; value: string } | null> {
  const value = (await readPackageManifest(root))?.['packageManager'];
  if (typeof value !== 'string') return null;
  const tool = NODE_TOOLS.find((name) => name === value.split('@')[0]?.trim());
  return tool === undefined ? null : { tool, value };
}
