import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { snapshotInputs } from '../../../src/cache/inputs/snapshotInputs.ts';
import { makeInputsRig, type InputsRig } from './inputsRig.ts';

let rig: InputsRig;
beforeEach(() => {
  rig = makeInputsRig();
});
afterEach(() => rig.cleanup());

const look = async (...patterns: string[]): Promise<string[]> =>
  (await rig.look(patterns)).files.map((file) => file.path);

it('leaves out what git ignores, unless it is tracked', async () => {
  rig.write('.gitignore', 'dist/\n*.o\n!keep.o\n');
  for (const file of ['a.o', 'keep.o', 'forced.o', 'dist/a', 'dist/forced', 'src/b.o', 'src/b'])
    rig.write(file);
  rig.git('add', '-f', 'forced.o', 'dist/forced');
  expect(await rig.paths('**', '!.gitignore')).toEqual(['dist/forced', 'forced.o', 'keep.o', 'src/b']);
});

it('takes what is ignored when a glob says where it is', async () => {
  rig.write('.gitignore', 'dist/\n*.o\n');
  for (const file of ['dist/a', 'dist/deep/b', 'src/c.o', 'src/d']) rig.write(file);
  expect(await rig.paths('dist/**/b')).toEqual(['dist/deep/b']);
  expect(await rig.paths('dist/deep/*')).toEqual(['dist/deep/b']);
  expect(await rig.paths('dist')).toEqual(['dist/a', 'dist/deep/b']);
  expect(await rig.paths('src/c.o')).toEqual(['src/c.o']);
  expect(await rig.paths('src/*', '{dist,src}/**')).toEqual(['src/d']);
  expect(await rig.paths('dist/**', 'src/**', '!dist/a')).toEqual(['dist/deep/b', 'src/d']);
});

it('asks repositories inside of the repository for what they ignore', async () => {
  rig.write('inner/.gitignore', '*.log');
  execFileSync('git', ['init', '-q', '--template='], { cwd: path.join(rig.root, 'inner') });
  for (const file of ['inner/a', 'inner/b.log', 'c.log']) rig.write(file);
  expect(await rig.paths('**', '!**/.gitignore')).toEqual(['c.log', 'inner/a']);
});

it('works in a folder of a work tree, also in one that is ignored as a whole', async () => {
  rig.write('.gitignore', 'tmp/\n*.log\n');
  for (const file of ['pkg/a', 'pkg/b.log', 'tmp/c', 'tmp/d.log']) rig.write(file);
  const paths = async (folder: string): Promise<string[]> => {
    const repoRoot = path.join(rig.root, folder);
    return (await snapshotInputs({ repoRoot, patterns: ['**'], memo: null })).files.map((file) => file.path);
  };
  expect(await paths('pkg')).toEqual(['a']);
  expect(await paths('tmp')).toEqual(['c', 'd.log']);
});

it('starts no git while nothing has changed, and asks again when something has', async () => {
  rig.write('.gitignore', '*.o\n');
  rig.write('sub/.gitignore', '*.x\n');
  for (const file of ['a', 'a.o', 'sub/b', 'sub/b.x', 'sub/b.y']) rig.write(file);
  await rig.settle();
  const expected = ['a', 'sub/b', 'sub/b.y'];
  expect(await look('**', '!**/.gitignore')).toEqual(expected);
  rig.write('a', 'changed');
  await withoutGit(async () => expect(await look('**', '!**/.gitignore')).toEqual(expected));

  rig.write('sub/.gitignore', '*.y\n');
  expect(await look('**', '!**/.gitignore')).toEqual(['a', 'sub/b', 'sub/b.x']);
  rig.write('new.o');
  expect(await look('**', '!**/.gitignore')).toEqual(['a', 'sub/b', 'sub/b.x']);
  rig.git('add', '-f', 'new.o');
  expect(await look('**', '!**/.gitignore')).toEqual(['a', 'new.o', 'sub/b', 'sub/b.x']);
  fs.mkdirSync(path.join(rig.root, '.git/info'), { recursive: true });
  fs.writeFileSync(path.join(rig.root, '.git/info/exclude'), 'sub/\n');
  expect(await look('**', '!**/.gitignore')).toEqual(['a', 'new.o']);
});

it('notices another list of ignored files in the configuration', async () => {
  rig.write('a.tmp');
  rig.write('b');
  await rig.settle();
  expect(await look('**')).toEqual(['a.tmp', 'b']);
  const list = path.join(path.dirname(rig.root), 'ignored');
  fs.writeFileSync(list, '*.tmp\n');
  rig.git('config', 'core.excludesFile', list);
  expect(await look('**')).toEqual(['b']);
  fs.writeFileSync(list, '# nothing\n');
  expect(await look('**')).toEqual(['a.tmp', 'b']);
});

it('sees a file that is not ignored among files that are', async () => {
  rig.write('.gitignore', '*.o\n');
  rig.write('out/a.o');
  await rig.settle();
  expect(await look('**')).toEqual(['.gitignore']);
  rig.write('out/b.c');
  expect(await look('**')).toEqual(['.gitignore', 'out/b.c']);
});

it('says so when git cannot be asked', async () => {
  rig.write('a');
  await withoutGit(() => expect(rig.look(['**'])).rejects.toMatchObject({ failure: { kind: 'git-failed' } }));
});

async function withoutGit(work: () => Promise<void>): Promise<void> {
  const { PATH } = process.env;
  process.env['PATH'] = rig.root;
  try {
    await work();
  } finally {
    process.env['PATH'] = PATH;
  }
}
