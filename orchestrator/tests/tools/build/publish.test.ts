import { chmod, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { publish } from '../../../tools/build/publish.ts';

let outDir: string;

beforeEach(async () => {
  outDir = await mkdtemp(path.join(tmpdir(), 'codex-publish-'));
});
afterEach(() => rm(outDir, { recursive: true }));

/** Publishes an entry and the chunks of these names. */
const publishBuild = (...chunks: string[]): Promise<void> =>
  publish(outDir, [
    { name: 'cli.cjs', text: `// ${chunks.join(' ')}`, isEntry: true },
    ...chunks.map((name) => ({ name: `chunks/${name}`, text: name, isEntry: false })),
  ]);
const chunks = async (): Promise<string[]> => (await readdir(path.join(outDir, 'chunks'))).toSorted();

it('keeps the chunks of the build before, which a running program may still load', async () => {
  await publishBuild('a-1.js', 'b-1.js');
  await publishBuild('a-2.js', 'b-1.js');
  expect(await chunks()).toEqual(['a-1.js', 'a-2.js', 'b-1.js']);
  await publishBuild('a-3.js', 'b-1.js');
  expect(await chunks()).toEqual(['a-2.js', 'a-3.js', 'b-1.js']);
});

it('keeps them as well when the same build is repeated', async () => {
  await publishBuild('a-1.js');
  await publishBuild('a-2.js');
  await publishBuild('a-2.js');
  expect(await chunks()).toEqual(['a-1.js', 'a-2.js']);
});

it('removes what no build is known to need', async () => {
  await publishBuild('a-1.js');
  await writeFile(path.join(outDir, 'chunks/left-over.js.4711.tmp'), '');
  await publishBuild('a-1.js');
  expect(await chunks()).toEqual(['a-1.js']);
});

it('starts afresh from a damaged record', async () => {
  await publishBuild('a-1.js');
  await writeFile(path.join(outDir, '.build.json'), '{"current": [');
  await publishBuild('a-2.js');
  expect(await chunks()).toEqual(['a-2.js']);
});

it('makes the entry executable and replaces it in one step', async () => {
  await publishBuild('a-1.js');
  const before = await stat(path.join(outDir, 'cli.cjs'));
  await chmod(path.join(outDir, 'cli.cjs'), 0o600);
  await publishBuild('a-2.js');
  const after = await stat(path.join(outDir, 'cli.cjs'));
  expect(after.mode & 0o777).toBe(0o755);
  expect(after.ino).not.toBe(before.ino);
  expect(await readFile(path.join(outDir, 'cli.cjs'), 'utf8')).toBe('// a-2.js');
});
