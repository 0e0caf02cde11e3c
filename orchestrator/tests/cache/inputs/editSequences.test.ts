import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { makeInputsRig, type InputsRig } from './inputsRig.ts';

/** One thing that happens to a repository. */
type Step =
  | { kind: 'write'; file: string; content: string }
  | { kind: 'edit-unseen' | 'touch' | 'remove' | 'chmod' | 'track' | 'untrack'; file: string }
  | { kind: 'link'; file: string; target: string }
  | { kind: 'move'; file: string; to: string }
  | { kind: 'ignore'; folder: string; rules: string }
  | { kind: 'revert' | 'settle' };

/** Few names and contents, so that things meet, come back and change their kind. */
const FILES = ['a', 'x.o', 'd/a', 'd/x.o', 'd/e/a', 'd/e/x.o', 'gen/a', 'gen/d/a'];
const file = fc.constantFrom(...FILES);
const anything = fc.constantFrom(...FILES, 'd', 'd/e', 'gen');
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      file,
      content: fc.constantFrom('0', '1', '2', '10', '11'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('edit-unseen' as const), file }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('touch' as const, 'chmod' as const, 'track' as const, 'untrack' as const),
      file,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), file: anything }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('link' as const),
      file: anything,
      target: fc.constantFrom('a', '.', 'e', '../d'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('move' as const), file: anything, to: anything }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('ignore' as const),
      folder: fc.constantFrom('', 'd', 'd/e', 'gen'),
      rules: fc.constantFrom('*.o', 'gen/', 'gen/*', '!x.o', 'a', '/d\n!a', '', '*'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('revert' as const) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('settle' as const) }) },
);

const EVERYTHING = ['**'];
const GLOBS = [EVERYTHING, ['d/**', '!d/e/*.o'], ['gen/**', 'a'], ['*', 'd/*/*', 'x.o'], ['d']];

it('tells with a memo what it tells without one, and what git tells', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 4, maxLength: 14 }),
      fc.constantFrom(...GLOBS),
      async (steps, globs) => {
        const rig = makeInputsRig();
        try {
          for (const each of FILES.slice(0, 6)) rig.write(each, '0');
          rig.git('add', '-f', 'a', 'd');
          for (const each of steps) {
            await play(rig, each);
            const remembered = await rig.look(globs);
            const anew = await rig.lookAnew(globs);
            expect(remembered.files).toEqual(anew.files);
            expect(remembered.digest).toBe(anew.digest);
            const paths = anew.files.map((one) => one.path);
            expect(paths).toEqual(globs === EVERYTHING ? listedByGit(rig) : paths);
          }
        } finally {
          rig.cleanup();
        }
      },
    ),
    { numRuns: 8 },
  );
}, 60_000);

async function play(rig: InputsRig, one: Step): Promise<void> {
  const place = (name: string): string => path.join(rig.root, name);
  try {
    switch (one.kind) {
      case 'write':
        rig.write(one.file, one.content);
        return;
      case 'edit-unseen': {
        const { mtime } = fs.lstatSync(place(one.file));
        const content = fs.readFileSync(place(one.file), 'latin1');
        fs.writeFileSync(
          place(one.file),
          content.replace(/.$/, (last) => String((Number(last) + 1) % 10)),
        );
        fs.utimesSync(place(one.file), mtime, mtime);
        return;
      }
      case 'touch':
        fs.utimesSync(place(one.file), new Date(), new Date());
        return;
      case 'remove':
        rig.remove(one.file);
        return;
      case 'chmod':
        fs.chmodSync(place(one.file), fs.statSync(place(one.file)).mode ^ 0o111);
        return;
      case 'link':
        rig.remove(one.file);
        rig.link(one.file, one.target);
        return;
      case 'move':
        fs.renameSync(place(one.file), place(one.to));
        return;
      case 'ignore':
        rig.write(path.join(one.folder, '.gitignore'), one.rules);
        return;
      case 'track':
        rig.git('add', '-f', one.file);
        return;
      case 'untrack':
        rig.git('rm', '-q', '-f', '--cached', one.file);
        return;
      case 'revert':
        rig.git('checkout', '-q', '--', '.');
        return;
      case 'settle':
        await rig.settle();
        return;
      default:
        one satisfies never;
    }
  } catch (error) {
    // Not every step is possible in every state: no such file, a link to nothing, a loop of links, nothing tracked.
    if (!(error instanceof Error) || !('code' in error || 'status' in error)) throw error;
  }
}

/** The files that git has or would take, and that are there. */
function listedByGit({ root }: InputsRig): string[] {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const names = execFileSync('git', args, { cwd: root, encoding: 'utf8' }).split('\0').slice(0, -1);
  return [...new Set(names)].filter((name) => isThere(root, name)).toSorted();
}

/** git also lists tracked files where there is a folder now, or something else instead of the folder above them. */
function isThere(root: string, name: string): boolean {
  const parts = name.split('/');
  return parts.every((_, depth) => {
    const part = path.join(root, ...parts.slice(0, depth + 1));
    const stats = fs.lstatSync(part, { throwIfNoEntry: false });
    return stats !== undefined && stats.isDirectory() === depth < parts.length - 1;
  });
}
