import fs from 'node:fs';
import fc from 'fast-check';
import { errorCode } from '../../../src/storage/errorCode.ts';
import type { SandboxRepo } from '../../support/sandboxRepo.ts';

/** What happens to files between two runs. `retouch` leaves the size and the time of a file as they were. */
export type FileEdit =
  | { edit: 'write' | 'retouch'; file: string; content: string }
  | { edit: 'remove' | 'chmod'; file: string }
  | { edit: 'rename'; file: string; to: string }
  | { edit: 'link'; file: string; target: string }
  | { edit: 'damage' | 'delete'; output: string };

/** `return` goes back to the sources, the variable and the command of an earlier run, as changing a branch does. */
export type Edit =
  | FileEdit
  | { edit: 'variable'; value: string }
  | { edit: 'command'; version: string }
  | { edit: 'return'; run: number };

/** Few names and contents, so that states come back. Some contents make a stage fail. */
export const SOURCES = ['src/a', 'src/b', 'src/d/c', 'test/a', 'tools/a'];
const CONTENTS = ['000', '111', 'bad', 'odd', 'end'];
const OUTPUTS = ['dist/a', 'dist/b', 'dist/d', 'dist', 'bundle/all', 'bundle/latest', 'report/odd', 'notes'];

const file = fc.constantFrom(...SOURCES);
const output = fc.constantFrom(...OUTPUTS);
const one = <Name extends string>(...names: Name[]) => fc.constantFrom(...names);

/** Without a prototype of null, which would be printed with each edit of a counterexample. */
const plain = <T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record<T>(fields, { noNullPrototype: true });

/** One edit; those that bring a state back are most likely. */
export const anyEdit: fc.Arbitrary<Edit> = fc.oneof(
  {
    weight: 6,
    arbitrary: plain({ edit: one('write', 'retouch'), file, content: one(...CONTENTS) }),
  },
  { weight: 3, arbitrary: plain({ edit: one('remove', 'chmod'), file }) },
  { weight: 1, arbitrary: plain({ edit: one('rename'), file, to: file }) },
  { weight: 2, arbitrary: plain({ edit: one('link'), file, target: one('a', 'd', 'gone') }) },
  { weight: 2, arbitrary: plain({ edit: one('damage', 'delete'), output }) },
  { weight: 1, arbitrary: plain({ edit: one('variable'), value: one('', 'fast') }) },
  { weight: 1, arbitrary: plain({ edit: one('command'), version: one('1', '2') }) },
  { weight: 8, arbitrary: plain({ edit: one('return'), run: fc.nat(4) }) },
);

/** Makes an edit, if it is possible: not every file is there at every time. */
export function editFiles(repo: SandboxRepo, change: FileEdit): void {
  try {
    edit(repo, change);
  } catch (error) {
    if (errorCode(error) === '') throw error;
  }
}

function edit(repo: SandboxRepo, change: FileEdit): void {
  const place = repo.path('output' in change ? change.output : change.file);
  switch (change.edit) {
    case 'write':
      return fs.writeFileSync(place, change.content);
    case 'retouch': {
      const { mtime } = fs.statSync(place);
      fs.writeFileSync(place, change.content);
      return fs.utimesSync(place, mtime, mtime);
    }
    case 'remove':
      return fs.rmSync(place);
    case 'chmod':
      return fs.chmodSync(place, fs.statSync(place).mode ^ 0o111);
    case 'rename':
      return fs.renameSync(place, repo.path(change.to));
    case 'link':
      fs.rmSync(place, { force: true });
      return fs.symlinkSync(change.target, place);
    case 'damage':
      // Through a link that leads nowhere it would be a new file, which is nobody's to remove.
      if (isDangling(place)) return undefined;
      return fs.appendFileSync(place, 'by hand');
    case 'delete':
      return fs.rmSync(place, { recursive: true });
    default:
      return change satisfies never;
  }
}

function isDangling(place: string): boolean {
  return fs.lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink() === true && !fs.existsSync(place);
}
