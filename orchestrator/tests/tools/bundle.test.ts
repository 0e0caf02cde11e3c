import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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

async function runBundle(env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { stdout } = await promisify(execFile)(path.join(outDir, 'cli.cjs'), {
    env: { ...process.env, NODE_V8_COVERAGE: undefined, ...env },
  });
  return stdout;
}

async function chunkFiles(): Promise<string[]> {
  return (await readdir(path.join(outDir, 'chunks'))).filter((name) => name.endsWith('.cjs'));
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

it('finds its package', async () => {
  await bundleProgram("void import('./lazy.ts').then(({ say }) => say());", {
    'lazy.ts': `import { packageRoot } from ${JSON.stringify(path.join(PACKAGE_ROOT, 'orchestrator/src/cli/packageRoot.ts'))};
      export const say = () => console.log(packageRoot());`,
  });
  expect(await runBundle()).toBe(`${folder}\n`);
});

it('loads what is imported lazily from a chunk named after its content', async () => {
  const entry = "void import('./lazy.ts').then(({ word }) => console.log(word));";
  await bundleProgram(entry, { 'lazy.ts': "export const word = 'first';" });
  expect(await runBundle()).toBe('first\n');
  const first = await chunkFiles();
  await bundleProgram(entry, { 'lazy.ts': "export const word = 'second';" });
  expect(await runBundle()).toBe('second\n');
  const second = await chunkFiles();
  expect(second).toHaveLength(2 * first.length);
});

describe('what V8 made of a chunk', () => {
  const chunks = (): Promise<string[]> => readdir(path.join(outDir, 'chunks'));
  const codeFile = async (): Promise<string> => {
    const [chunk = ''] = await chunks();
    return path.join(outDir, 'chunks', `${chunk}.${process.version}-${process.arch}.code`);
  };
  beforeEach(() =>
    bundleProgram("void import('./lazy.ts').then(({ say }) => say());", {
      'lazy.ts': `export function say() {
        console.log('umlaut \u00fc');
        if (process.env.FAIL) process.exitCode = 1;
      }`,
    }),
  );

  it('is used by the next start', async () => {
    const code = await codeFile();
    expect(await runBundle()).toBe('umlaut \u00fc\n');
    const { ino } = await stat(code);
    expect(await runBundle()).toBe('umlaut \u00fc\n');
    // V8 has taken it: otherwise it would have been replaced.
    expect((await stat(code)).ino).toBe(ino);
  });

  it('is replaced when V8 does not take it', async () => {
    const code = await codeFile();
    await writeFile(code, 'of another V8');
    expect(await runBundle()).toBe('umlaut \u00fc\n');
    expect((await stat(code)).size).toBeGreaterThan(100);
    expect(await chunks()).toHaveLength(2);
  });

  it('is replaced when it was damaged, which would end V8 with a signal', async () => {
    const code = await codeFile();
    await runBundle();
    const whole = await readFile(code);
    for (const at of [64, whole.length >> 1, whole.length - 12]) {
      await writeFile(code, Buffer.from(whole).fill(0, at, at + 8));
      expect(await runBundle()).toBe('umlaut \u00fc\n');
      expect((await readFile(code)).subarray(at, at + 8)).not.toEqual(Buffer.alloc(8));
    }
  });

  it('is replaced when the chunk was edited, be it to the same length', async () => {
    await runBundle();
    const [chunk = ''] = await chunks();
    const file = path.join(outDir, 'chunks', chunk);
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('umlaut', 'UMLAUT'));
    expect(await runBundle()).toBe('UMLAUT \u00fc\n');
  });

  it('is done without where it cannot be kept', async () => {
    await mkdir(await codeFile());
    expect(await runBundle()).toBe('umlaut \u00fc\n');
    expect(await chunks()).toHaveLength(2);
  });

  it('is not kept after a failure, nor against the will of the user', async () => {
    await expect(runBundle({ FAIL: '1' })).rejects.toMatchObject({ code: 1 });
    await runBundle({ NODE_DISABLE_COMPILE_CACHE: '1' });
    await runBundle({ NODE_V8_COVERAGE: path.join(folder, 'coverage') });
    expect(await chunks()).toHaveLength(1);
  });
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

it('keeps out of the way of a run what only some runs need', async () => {
  const metafile = await bundle({ outDir, minify: true });
  const inputsOf = (chunk: string) =>
    Object.entries(metafile.outputs)
      .filter(([name]) => path.basename(name).startsWith(`${chunk}-`))
      .flatMap(([, { inputs }]) => Object.keys(inputs));
  const start = inputsOf('start');
  expect(start).toContain('orchestrator/src/cli/startRun.ts');
  expect(
    start.filter((name) => /rlm\/(?:agents\/callAgent|loop\/runIteration|workspace)|fast-glob/.test(name)),
  ).toEqual([]);
  expect(inputsOf('runLoop')).toContain('orchestrator/src/rlm/loop/runIteration.ts');
});
