import { readFile } from 'node:fs/promises';
import path from 'node:path';
import fastGlob from 'fast-glob';
import { expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../tools/bundle.ts';
import { readSources } from './support/sourceImports.ts';
import type { SourceFile, SourceImport } from './support/sourceImports.ts';

/**
 * Which room may import which. `types` holds for imports that are gone at run time. A room may always import
 * itself; what stands in no room is a leaf (see below).
 */
const ROOMS: Record<string, { values: string[]; types?: string[] }> = {
  storage: { values: [] },
  process: { values: ['storage'] },
  run: { values: ['storage'] },
  config: { values: [] },
  cache: { values: ['storage'] },
  pipeline: { values: ['cache', 'config', 'run', 'process', 'storage'] },
  rlm: { values: ['process', 'run', 'storage'] },
  evidence: { values: ['run', 'storage', 'pipeline'] },
  'cli/metrics': { values: ['run', 'storage'] },
  'cli/present': { values: [], types: ['*'] },
  // The commands, and what belongs to the command line as a whole.
  cli: { values: ['*'] },
};

/** Files outside all rooms that every room may import, with what they import themselves. */
const LEAVES: Record<string, string[]> = {
  'failure.ts': ['config/problem.ts'],
  'version.ts': [],
};

const ENTRY = 'cli.ts';
const LONGEST_FILE = 250;
/** State machines that are one thing and would not be clearer in two files. */
const MAY_BE_LONGER: string[] = [];

const sources = await readSources(path.join(PACKAGE_ROOT, 'orchestrator/src'));

function roomOf(file: string): string | null {
  if (file === ENTRY) return 'cli';
  return Object.keys(ROOMS).find((room) => file.startsWith(`${room}/`)) ?? null;
}

function isAllowed(file: string, { target, isType }: SourceImport): boolean {
  if (target === null || target in LEAVES) return true;
  if (file in LEAVES) return isType && LEAVES[file]?.includes(target) === true;
  const from = roomOf(file);
  const to = roomOf(target);
  if (from === null || to === null) return false;
  const { values, types = [] } = ROOMS[from] ?? { values: [] };
  const open = [from, ...values, ...(isType ? types : [])];
  return open.includes(to) || open.includes('*');
}

const placeOf = (source: SourceFile, line: number): string => `orchestrator/src/${source.file}:${line}`;

it('reads the sources', () => {
  expect(sources.length).toBeGreaterThan(20);
  expect(sources.flatMap((source) => source.imports).length).toBeGreaterThan(sources.length);
});

it('has a room for every source file', () => {
  const homeless = sources
    .map(({ file }) => file)
    .filter((file) => roomOf(file) === null && !(file in LEAVES));
  expect(homeless).toEqual([]);
});

it('knocks only on the doors that are open', () => {
  const trespasses = sources.flatMap((source) =>
    source.imports
      .filter((imported) => !isAllowed(source.file, imported))
      .map(({ line, specifier, isType }) => {
        const what = isType ? 'the types of ' : '';
        return `${placeOf(source, line)} may not import ${what}${specifier}`;
      }),
  );
  expect(trespasses).toEqual([]);
});

it('has no import cycles', () => {
  expect(cycles(sources)).toEqual([]);
});

it('prints through the presenter only', () => {
  const mayPrint = (file: string): boolean => file === ENTRY || file.startsWith('cli/present/');
  const prints = sources
    .filter(({ file }) => !mayPrint(file))
    .flatMap((source) =>
      Array.from(source.code.matchAll(/\bconsole\.\w+\(/g), ({ index }) =>
        placeOf(source, source.code.slice(0, index).split('\n').length),
      ),
    );
  expect(prints).toEqual([]);
});

it(`keeps files below ${LONGEST_FILE} lines`, () => {
  const long = sources.filter(({ lineCount }) => lineCount > LONGEST_FILE).map(({ file }) => file);
  expect(long).toEqual(MAY_BE_LONGER);
});

it('names no place of a single machine in a file that is kept', async () => {
  const ignored = ['.git', 'node_modules', 'dist', 'coverage', '.runs', 'out'].map((name) => `**/${name}/**`);
  const files = await fastGlob('**/*', { cwd: PACKAGE_ROOT, dot: true, ignore: ignored });
  const home = /(^|[^\w.])(?:\/(?:home|root|work|builds|Users)\/|[A-Z]:\\Users\\)\w/m;
  const registry = /registry\.npmjs\.|deb\.debian\.|"resolved": "https?:/;
  const offenders: string[] = [];
  for (const file of files) {
    const text = await readFile(path.join(PACKAGE_ROOT, file), 'utf8');
    if (home.test(text) || registry.test(text) || namesThisCheckout(text)) offenders.push(file);
  }
  expect(offenders).toEqual([]);
});

/** A checkout directly below the root, like `/app`, has a name that may well stand in a text. */
function namesThisCheckout(text: string): boolean {
  const root = path.resolve(PACKAGE_ROOT);
  return root.split(path.sep).length > 2 && text.includes(root);
}

/** Every cycle once, written from its first file on. */
function cycles(files: readonly SourceFile[]): string[] {
  const importsOf = new Map(files.map(({ file, imports }) => [file, imports.map(({ target }) => target)]));
  const done = new Set<string>();
  const found = new Set<string>();
  const walk = (file: string, trail: readonly string[]): void => {
    const at = trail.indexOf(file);
    if (at !== -1) found.add([...trail.slice(at), file].join(' → '));
    if (at !== -1 || done.has(file)) return;
    for (const target of importsOf.get(file) ?? []) if (target !== null) walk(target, [...trail, file]);
    done.add(file);
  };
  for (const { file } of files) walk(file, []);
  return [...found];
}
