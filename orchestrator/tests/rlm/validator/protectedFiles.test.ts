import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FileMemory } from '../../../src/rlm/validator/fileMemory.ts';
import { changedFiles, protectedFingerprint } from '../../../src/rlm/validator/protectedFiles.ts';
import { eventually } from '../../support/eventually.ts';

let root: string;

beforeEach(() => {
  root = fs.mkdtempSync(path.join(tmpdir(), 'codex-protect-'));
});
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

function write(name: string, text = name): void {
  fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
  fs.writeFileSync(path.join(root, name), text);
}

const look = (...globs: string[]) => protectedFingerprint(globs, root);

const PATHS = [
  '.github/workflows/ci.yml',
  'app/[id]/page.test.ts',
  'package.json',
  'src/sum.test.ts',
  'src/sum.ts',
  'test/.hidden/a.js',
  'test/sum.js',
  'tests.md',
];
const NEVER = ['.git/config', 'node_modules/a/a.test.ts', 'test/__pycache__/a.pyc', 'src/node_modules/b.js'];

describe('what globs protect', () => {
  it.each([
    [['package.json'], ['package.json']],
    [['./package.json'], ['package.json']],
    [['/package.json'], ['package.json']],
    [['test'], ['test/.hidden/a.js', 'test/sum.js']],
    [['test/'], ['test/.hidden/a.js', 'test/sum.js']],
    [['test/**'], ['test/.hidden/a.js', 'test/sum.js']],
    [['test/*'], ['test/.hidden/a.js', 'test/sum.js']],
    [['**/*.test.ts'], ['app/[id]/page.test.ts', 'src/sum.test.ts']],
    [['*.test.ts'], []],
    [['*'], PATHS],
    [['.'], PATHS],
    [['{package.json,src/*.test.*}'], ['package.json', 'src/sum.test.ts']],
    [['.github'], ['.github/workflows/ci.yml']],
    [['app/[id]/page.test.ts'], ['app/[id]/page.test.ts']],
    [['app/[id]'], ['app/[id]/page.test.ts']],
    [['tes', 'src/sum'], []],
    [['test', '!test/.hidden'], ['test/sum.js']],
    [['test', '!./test/*.js'], ['test/.hidden/a.js']],
    [['!test'], []],
    [['src/**', '!./**/*.test.ts'], ['src/sum.ts']],
    [['node_modules/a'], ['node_modules/a/a.test.ts']],
    [
      ['**/node_modules/**', '*.md'],
      ['node_modules/a/a.test.ts', 'src/node_modules/b.js', 'tests.md'],
    ],
    [
      ['.git/config', 'test/*'],
      ['.git/config', 'test/.hidden/a.js', 'test/sum.js'],
    ],
    [['../*'], []],
    [[''], []],
    [[], []],
  ])('%j', async (globs, expected) => {
    for (const name of [...PATHS, ...NEVER]) write(name);
    expect([...(await look(...globs)).keys()].toSorted()).toEqual(expected);
  });

  it('never our own evidence', async () => {
    write('a/.runs/1/manifest.json');
    write('a/b');
    const exclude = [path.join(root, 'a/.runs'), path.dirname(root)];
    expect([...(await protectedFingerprint(['**'], root, { exclude })).keys()]).toEqual(['a/b']);
  });
});

describe('what counts as a change', () => {
  const change = async (action: () => void): Promise<string[]> => {
    for (const name of ['t/a', 't/b', 'other']) write(name);
    fs.symlinkSync('a', path.join(root, 't/link'));
    const base = await look('t');
    action();
    return changedFiles(base, await look('t'));
  };
  const at = (name: string): string => path.join(root, name);

  it.each<[string, () => void, string[]]>([
    ['nothing', () => write('other', 'new'), []],
    ['the same content anew', () => write('t/a'), []],
    ['other content of the same length', () => write('t/a', 't/b'), ['t/a']],
    ['a deletion', () => fs.rmSync(at('t/b')), ['t/b']],
    ['new files', () => ['t/z', 't/c/d'].forEach((name) => write(name)), ['t/c/d', 't/z']],
    ['another target of a link', () => relink('b'), ['t/link']],
    ['a file for a link', () => unlinkThen(() => write('t/link', 't/a')), ['t/link']],
    ['a folder for a file', () => folderFor('t/a'), ['t/a']],
    ['a pipe for a file', () => pipeFor('t/a'), ['t/a']],
    ['a right to execute', () => fs.chmodSync(at('t/a'), 0o755), ['t/a']],
    ['all gone', () => fs.rmSync(at('t'), { recursive: true }), ['t/a', 't/b', 't/link']],
    ['a link to other files for the folder', () => replaceFolder(), ['t', 't/a', 't/b', 't/link']],
  ])('%s', async (_, action, expected) => {
    expect(await change(action)).toEqual(expected);
  });

  it.skipIf(process.getuid?.() === 0)('a file that can be read no more', async () => {
    expect(await change(() => fs.chmodSync(at('t/a'), 0))).toEqual(['t/a']);
  });

  function relink(target: string): void {
    unlinkThen(() => fs.symlinkSync(target, at('t/link')));
  }
  function unlinkThen(action: () => void): void {
    fs.rmSync(at('t/link'));
    action();
  }
  function folderFor(name: string): void {
    fs.rmSync(at(name));
    fs.mkdirSync(at(name));
  }
  function pipeFor(name: string): void {
    fs.rmSync(at(name));
    execFileSync('mkfifo', [at(name)]);
  }
  function replaceFolder(): void {
    fs.rmSync(at('t'), { recursive: true });
    fs.mkdirSync(at('easy'));
    fs.symlinkSync('easy', at('t'));
  }
});

describe('the memory', () => {
  it('spares reading what has not changed, and forgets what is gone', async () => {
    const memory: FileMemory = new Map();
    const lookAgain = () => protectedFingerprint(['t'], root, { memory });
    write('t/a');
    write('t/b');
    const first = await lookAgain();
    // Files that changed just now are not trusted yet.
    expect(memory.size).toBe(0);
    await eventually(async () => (await lookAgain()) && memory.size === 2);
    const known = memory.get(path.join(root, 't/a'));
    if (known !== undefined) known.value = 'remembered';
    expect(await lookAgain()).toEqual(new Map([...first, ['t/a', 'remembered']]));
    write('t/a', 'changed');
    fs.rmSync(path.join(root, 't/b'));
    const now = await lookAgain();
    expect(changedFiles(first, now)).toEqual(['t/a', 't/b']);
    expect(memory.size).toBe(0);
  });

  it('hashes files of any size', async () => {
    write('t/empty', '');
    write('t/large', 'x'.repeat(700_000));
    write('t/larger', 'x'.repeat(700_001));
    expect(new Set((await look('t')).values()).size).toBe(3);
  });
});
