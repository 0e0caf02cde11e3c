import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Detection, emptyDetection, type Purpose } from './detection.ts';
import { quote, quotedList } from './words.ts';
import { type Table, tableIn, textIn } from './jsonValue.ts';
import { readDocument } from './readDocument.ts';

/** What a Node repository offers, and how it stands to this package. */
export interface NodeDetection extends Detection {
  /** `self` for this package's own repository, `dependency` where it is installed. */
  thisPackage: 'self' | 'dependency' | 'absent';
}

const SCRIPTS: readonly (readonly [Purpose, readonly string[]])[] = [
  ['build', ['build']],
  ['lint', ['lint']],
  ['typecheck', ['typecheck', 'type-check', 'check-types']],
  ['test', ['test']],
  ['spec-guard', ['spec-guard']],
];

/** Lock files in the order in which they count where several lie side by side. */
const LOCK_FILES: readonly (readonly [string, string])[] = [
  ['package-lock.json', 'npm'],
  ['npm-shrinkwrap.json', 'npm'],
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
];

/** What `npm init` writes where there are no tests. */
const PLACEHOLDER_TEST = /no test specified.*exit 1/;

/** A script that starts a run would start itself again and again. */
const STARTS_A_RUN = /\bcodex-orch(?:estrator)?(?:\.js)?["']?\s+start\b/;

/** Detects stages from the scripts of `package.json` and the package manager of the lock file. */
export async function detectNode(root: string): Promise<NodeDetection> {
  const detection: NodeDetection = { ...emptyDetection('node', 'Node'), thisPackage: 'absent' };
  const read = await readDocument(root, 'package.json');
  if (read.kind === 'problems') return { ...detection, problems: read.problems };
  if (read.kind === 'absent') return { ...detection, missing: ['package.json (not there)'] };
  const scripts = tableIn(read.value['scripts']);
  const manager = packageManager(root, read.value);
  for (const [purpose, names] of SCRIPTS) {
    const name = names.find((candidate) => textIn(scripts[candidate]) !== undefined);
    if (name === undefined) continue;
    const refusal = reasonToSkip(textIn(scripts[name]) ?? '');
    if (refusal !== null) {
      detection.skipped.push({ what: `package.json script ${quote(name)}`, reason: refusal });
      continue;
    }
    detection.stages.push({
      purpose,
      command: `${manager.name} run ${name}`,
      reason: `package.json script ${quote(name)}, ${manager.reason}`,
    });
  }
  if (detection.stages.length === 0) {
    const wanted = SCRIPTS.slice(0, 4).flatMap(([, names]) => names);
    detection.missing.push(`package.json (no script ${quotedList(wanted)} to run)`);
  }
  detection.thisPackage = relationToThisPackage(read.value);
  return detection;
}

function reasonToSkip(script: string): string | null {
  if (script.trim() === '') return 'it is empty';
  if (PLACEHOLDER_TEST.test(script)) return "it is npm's placeholder, not a test";
  return STARTS_A_RUN.test(script) ? 'it starts codex-orchestrator itself' : null;
}

function packageManager(root: string, manifest: Table): { name: string; reason: string } {
  const present = LOCK_FILES.filter(([file]) => existsSync(path.join(root, file)));
  const field = /^(npm|pnpm|yarn|bun)(?:@|$)/.exec(textIn(manifest['packageManager']) ?? '')?.[1];
  const [file, name] = present.find(([, manager]) => manager === field) ?? present[0] ?? [];
  if (file !== undefined && name !== undefined) return { name, reason: `${name} because of ${file}` };
  if (field !== undefined) return { name: field, reason: `${field} because of its packageManager field` };
  return { name: 'npm', reason: 'npm because there is no lock file' };
}

function relationToThisPackage(manifest: Table): NodeDetection['thisPackage'] {
  if (manifest['name'] === 'codex-orchestrator') return 'self';
  const groups = ['dependencies', 'devDependencies', 'optionalDependencies'];
  return groups.some((group) => 'codex-orchestrator' in tableIn(manifest[group])) ? 'dependency' : 'absent';
}
