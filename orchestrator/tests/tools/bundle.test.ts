import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { thirdPartyLicenses } from '../../tools/build/licenses.ts';
import { bundle, PACKAGE_ROOT } from '../../tools/bundle.ts';

let folder: string;
let outDir: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'codex-bundle-'));
  outDir = path.join(folder, 'dist');
  await mkdir(outDir);
  await writeFile(path.join(folder, 'package.json'), '{"type":"module"}');
});
afterEach(() => rm(folder, { recursive: true }));

/** Bundles a program that may import from the package's libraries and sources, and returns its metafile. */
async function bundleProgram(text: string, files: Record<string, string> = {}) {
  const module = (specifier: string): string => JSON.stringify(path.join(PACKAGE_ROOT, specifier));
  const absolute = text
    .replaceAll(/'(write-file-atomic|picocolors|jsonc-parser)'/g, (_, name: string) =>
      module(`node_modules/${name}`),
    )
    .replaceAll(/'(orchestrator\/[^']+)'/g, (_, name: string) => module(name));
  for (const [name, content] of Object.entries(files)) await writeFile(path.join(folder, name), content);
  await writeFile(path.join(folder, 'entry.ts'), absolute);
  return bundle({ outDir, minify: true, entry: path.join(folder, 'entry.ts') });
}

async function runBundle(): Promise<string> {
  const { stdout } = await promisify(execFile)(path.join(outDir, 'cli.cjs'), { env: process.env });
  return stdout;
}

it('runs CommonJS and ES module libraries', async () => {
  const metafile = await bundleProgram(`
    import write from 'write-file-atomic';
    import colors from 'picocolors';
    import { parse } from 'jsonc-parser';
    const file = ${JSON.stringify(path.join(folder, 'written'))};
    void write(file, 'text').then(() => console.log(typeof colors.red, parse('[1, /* two */ 2]')));`);
  expect(await runBundle()).toBe('function [ 1, 2 ]\n');
  expect(await readFile(path.join(folder, 'written'), 'utf8')).toBe('text');

  const notices = await thirdPartyLicenses(metafile, PACKAGE_ROOT);
  expect(notices).toMatch(/^write-file-atomic \d+\.\d+\.\d+ \(ISC\)$/m);
  expect(notices).toMatch(/^signal-exit \d+\.\d+\.\d+ \(ISC\)$/m);
  expect(notices).toContain('Copyright (c) Microsoft');
});

it('puts the version of the package in place', async () => {
  await bundleProgram(`import { VERSION } from 'orchestrator/src/version.ts'; console.log(VERSION);`);
  const manifest = await readFile(path.join(PACKAGE_ROOT, 'package.json'), 'utf8');
  expect(manifest).toContain(`"version": "${(await runBundle()).trim()}"`);
});

it('loads what is imported lazily from a chunk named after its content', async () => {
  const entry = "void import('./lazy.ts').then(({ word }) => console.log(word));";
  await bundleProgram(entry, { 'lazy.ts': "export const word = 'first';" });
  expect(await runBundle()).toBe('first\n');
  const first = await readdir(path.join(outDir, 'chunks'));
  await bundleProgram(entry, { 'lazy.ts': "export const word = 'second';" });
  expect(await runBundle()).toBe('second\n');
  const second = await readdir(path.join(outDir, 'chunks'));
  expect(second).toHaveLength(2 * first.length);
});

it('survives its own bundle being replaced while it runs', async () => {
  const entry = `
    process.stdin.once('data', async () => console.log((await import('./lazy.ts')).word));
    console.log('ready');`;
  await bundleProgram(entry, { 'lazy.ts': "export const word = 'mine';" });
  const child = execFile(path.join(outDir, 'cli.cjs'));
  const said: string[] = [];
  const ended = new Promise((resolve) => child.once('close', resolve));
  await new Promise<void>((resolve) => {
    child.stdout?.on('data', (text: string) => resolve(void said.push(text)));
  });
  await bundleProgram(entry, { 'lazy.ts': "export const word = 'theirs';" });
  child.stdin?.end('go\n');
  await ended;
  expect(said.join('')).toBe('ready\nmine\n');
});

it('says what does not bundle', async () => {
  await expect(bundleProgram("import './missing.ts';")).rejects.toThrow('Could not resolve "./missing.ts"');
});

it('keeps what only loops need out of what every command loads', async () => {
  const metafile = await bundle({ outDir, minify: true });
  const inputsOf = (chunk: string) =>
    Object.entries(metafile.outputs)
      .filter(([name]) => path.basename(name).startsWith(`${chunk}-`))
      .flatMap(([, { inputs }]) => Object.keys(inputs));
  const main = inputsOf('main');
  expect(main).toContain('orchestrator/src/cli/startRun.ts');
  expect(
    main.filter((name) => /rlm\/(?:agents\/callAgent|loop\/runIteration|workspace)|fast-glob/.test(name)),
  ).toEqual([]);
  expect(inputsOf('runLoop')).toContain('orchestrator/src/rlm/loop/runIteration.ts');
});
