import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { draftName } from '../../../src/cache/store/draftName.ts';
import { makeInputsRig, type InputsRig } from './inputsRig.ts';

let rig: InputsRig;
beforeEach(() => {
  rig = makeInputsRig({ isRepository: false });
});
afterEach(() => rig.cleanup());

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const failure = (patterns: string[]) =>
  expect(rig.lookAnew(patterns)).rejects.toMatchObject({ failure: { kind: 'usage' } });

it('tells path, content, executable bit and kind, in the order of paths', async () => {
  rig.write('a/x.sh', 'run');
  fs.chmodSync(path.join(rig.root, 'a/x.sh'), 0o755);
  rig.write('a.b', 'text');
  rig.link('a/link', '../nowhere');
  rig.write('big', 'y'.repeat(300_000));
  const { files, warnings, unreadable } = await rig.lookAnew(['**']);
  const { ctimeMs } = fs.lstatSync(path.join(rig.root, 'a/x.sh'));
  expect(files).toMatchObject([
    { path: 'a.b', hash: sha256('text'), executable: false, kind: 'file' },
    { path: 'a/link', hash: sha256('../nowhere'), executable: false, kind: 'symlink' },
    { path: 'a/x.sh', hash: sha256('run'), executable: true, kind: 'file', changedMs: ctimeMs },
    { path: 'big', hash: sha256('y'.repeat(300_000)), executable: false, kind: 'file' },
  ]);
  expect([warnings, unreadable]).toEqual([[], []]);
});

it.each([
  [['src/**'], ['src/a.ts', 'src/b.js', 'src/deep/.hidden', 'src/deep/c.ts']],
  [['src/*'], ['src/a.ts', 'src/b.js']],
  [
    ['s*/', '!src/deep/.*'],
    ['src/a.ts', 'src/b.js', 'src/deep/c.ts'],
  ],
  [['src'], ['src/a.ts', 'src/b.js', 'src/deep/.hidden', 'src/deep/c.ts']],
  [['./src/deep/'], ['src/deep/.hidden', 'src/deep/c.ts']],
  [['**/*.ts'], ['[id].ts', 'src/a.ts', 'src/deep/c.ts', 'two\nlines.ts']],
  [['*'], ['[id].ts', 'one', 'two\nlines.ts']],
  [['src/{a,deep/c}.ts'], ['src/a.ts', 'src/deep/c.ts']],
  [['src/*/*', '!**/.*'], ['src/deep/c.ts']],
  [
    ['!src/deep', 'src/**'],
    ['src/a.ts', 'src/b.js'],
  ],
  [['!(src|one)'], ['[id].ts', 'two\nlines.ts']],
  [['\\[id\\].ts'], ['[id].ts']],
  [['*lines.ts'], ['two\nlines.ts']],
])('understands %j', async (patterns, expected) => {
  for (const file of ['src/a.ts', 'src/b.js', 'src/deep/c.ts', 'src/deep/.hidden', 'one', '[id].ts'])
    rig.write(file);
  rig.write('two\nlines.ts');
  expect(await rig.paths(...patterns)).toEqual(expected);
});

it('warns of a glob that matches nothing, and of one that leads through a symbolic link', async () => {
  rig.write('src/a.ts');
  rig.link('linked', 'src');
  rig.link('src/loop', '.');
  const { files, warnings } = await rig.lookAnew(['src/**', 'src/*.tsx', 'linked/**', 'linked/a.ts', '!no']);
  expect(files.map((file) => file.path)).toEqual(['src/a.ts', 'src/loop']);
  expect(warnings.toSorted()).toEqual([
    'The input glob "linked/**" leads through the symbolic link "linked", which is not followed.',
    'The input glob "linked/a.ts" leads through the symbolic link "linked", which is not followed.',
    'The input glob "src/*.tsx" matches no file.',
  ]);
});

it('refuses globs that leave the repository', async () => {
  for (const glob of ['../x', 'src/../../x', '/etc/*', '!../x']) await failure([glob]);
  await expect(rig.lookAnew(['../x'])).rejects.toMatchObject({
    failure: { message: 'The input glob "../x" leaves the repository.' },
  });
});

it('reports what cannot be read', async () => {
  rig.write('a');
  fs.writeFileSync(Buffer.concat([Buffer.from(`${rig.root}/b`), Buffer.from([0xff])]), '');
  expect((await rig.look(['**'])).unreadable).toEqual(['b\uFFFD']);
});

it.skipIf(process.getuid?.() === 0)('reports files and folders without permission', async () => {
  rig.write('closed/a');
  rig.write('secret');
  fs.chmodSync(path.join(rig.root, 'closed'), 0);
  fs.chmodSync(path.join(rig.root, 'secret'), 0);
  const { unreadable } = await rig.look(['**']);
  fs.chmodSync(path.join(rig.root, 'closed'), 0o755);
  expect(unreadable).toEqual(['closed', 'secret']);
});

it('leaves out .git, the folders of our own, and what is about to become an output', async () => {
  for (const file of ['.git/x', 'sub/.git/x', 'sub/a', '.runs/x', 'cache/y', 'b']) rig.write(file);
  rig.write(draftName('0b7f3e8c-58cc-4372-a567-0e02b2c3d479', 0));
  const exclude = ['.runs', 'cache', '../elsewhere'].map((name) => path.join(rig.root, name));
  const { files } = await rig.lookAnew(['**', '.runs/x', '.git/x'], exclude);
  expect(files.map((file) => file.path)).toEqual(['b', 'sub/a']);
});

it('has one digest for one state, and another for any other', async () => {
  const digests = new Set<string>();
  const note = async (): Promise<number> => digests.add((await rig.lookAnew(['**'])).digest).size;
  rig.write('d/a', '1');
  expect([await note(), await note()]).toEqual([1, 1]);
  rig.write('d/a', '2');
  expect(await note()).toBe(2);
  fs.chmodSync(path.join(rig.root, 'd/a'), 0o755);
  expect(await note()).toBe(3);
  fs.renameSync(path.join(rig.root, 'd/a'), path.join(rig.root, 'a'));
  expect(await note()).toBe(4);
  rig.remove('a');
  rig.link('a', '2');
  expect(await note()).toBe(5);
  rig.remove('a');
  rig.write('a', '2');
  fs.chmodSync(path.join(rig.root, 'a'), 0o755);
  expect(await note()).toBe(5);
});

it('has another digest when inputs are others', async () => {
  rig.write('src/a');
  const digest = async () => (await rig.lookAnew(['src/**'])).digest;
  const before = await digest();
  rig.write('other');
  expect(await digest()).toBe(before);
  rig.write('src/b');
  expect(await digest()).not.toBe(before);
  rig.remove('src/b');
  expect(await digest()).toBe(before);
});
