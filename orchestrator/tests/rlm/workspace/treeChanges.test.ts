import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Workspace, WorkspaceChanges } from '../../../src/rlm/workspace/workspace.ts';
import { makeGitRepo, type GitRepo } from './gitRepo.ts';

let repo: GitRepo;
let workspace: Workspace;

beforeEach(async () => {
  repo = await makeGitRepo();
  workspace = await repo.workspace();
});
afterEach(() => repo.cleanup());

/** What differs after `change`. */
async function changesBy(change: () => Promise<unknown>): Promise<WorkspaceChanges> {
  const from = await workspace.snapshot();
  await change();
  return workspace.changes(from, await workspace.snapshot());
}

it('tells files, stat and patch', async () => {
  await repo.write('changed', 'one\ntwo\n');
  await repo.write('gone', 'x\n');
  const changes = await changesBy(async () => {
    await repo.write('changed', 'one\n2\n');
    await repo.write('new/file', 'n\n');
    await repo.remove('gone');
  });
  expect(changes.files).toEqual([
    { path: 'changed', kind: 'modified' },
    { path: 'gone', kind: 'deleted' },
    { path: 'new/file', kind: 'added' },
  ]);
  expect(changes.stat).toBe(
    [
      ' changed  | 2 +-',
      ' gone     | 1 -',
      ' new/file | 1 +',
      ' 3 files changed, 2 insertions(+), 2 deletions(-)',
    ].join('\n'),
  );
  expect(changes.patch).toContain('@@ -1,2 +1,2 @@\n one\n-two\n+2\n');
  expect(changes.patch).toContain('diff --git a/new/file b/new/file\nnew file mode 100644\n');
});

it('says that nothing changed, without a repository to ask', async () => {
  const tree = await workspace.snapshot();
  await repo.remove('.git');
  expect(await workspace.changes(tree, tree)).toEqual({ files: [], stat: 'no changes', patch: '' });
});

it('shows a renamed file as one that went and one that came', async () => {
  await repo.write('old', 'the same text\n'.repeat(20));
  const { files } = await changesBy(() => rename(path.join(repo.root, 'old'), path.join(repo.root, 'new')));
  expect(files).toEqual([
    { path: 'new', kind: 'added' },
    { path: 'old', kind: 'deleted' },
  ]);
});

it('bears every name that a file can have', async () => {
  const names = [' a', '"quoted"', '-x', ':(glob)**', 'a b', 'new\nline', 'tab\t', 'ümlaut', '日本', '\\'];
  const { files, stat, patch } = await changesBy(async () => {
    for (const name of names) await repo.write(name, 'x\n');
    await writeFile(Buffer.concat([Buffer.from(`${repo.root}/not-utf8-`), Buffer.of(0xff)]), 'x\n');
  });
  expect(files).toEqual(
    [...names, 'not-utf8-\ufffd'].toSorted().map((name) => ({ path: name, kind: 'added' })),
  );
  expect(stat).toContain('\n ümlaut       | 1 +\n 日本         | 1 +\n');
  expect(stat.split('\n').at(-1)).toBe(' 11 files changed, 11 insertions(+)');
  expect(patch).toContain('+++ b/日本\n');
});

it('names binary files without printing them', async () => {
  const { stat, patch } = await changesBy(() => repo.write('image', 'a\0b'));
  expect(stat).toBe(' image | Bin 0 -> 3 bytes\n 1 file changed, 0 insertions(+), 0 deletions(-)');
  expect(patch).toContain('Binary files /dev/null and b/image differ\n');
});

it('keeps 16 KiB of a patch of any size, and whole lines of it', async () => {
  const { patch } = await changesBy(async () => {
    for (const name of ['a', 'b', 'c']) await repo.write(name, `${name.repeat(99)}\n`.repeat(50_000));
  });
  expect(Buffer.byteLength(patch)).toBeLessThanOrEqual(16 * 1024);
  expect(Buffer.byteLength(patch)).toBeGreaterThan(16 * 1024 - 101);
  expect(patch.endsWith(`\n+${'a'.repeat(99)}\n`)).toBe(true);
});

it('keeps 2000 characters of the stat, with the total', async () => {
  const { files, stat } = await changesBy(async () => {
    for (let n = 0; n < 200; n += 1) await repo.write(`${'long/'.repeat(30)}${n}`, 'x\n');
  });
  expect(files).toHaveLength(200);
  expect(stat.length).toBeLessThanOrEqual(2000);
  expect(stat).toMatch(/\| 1 \+\n \.\.\.\n 200 files changed, 200 insertions\(\+\)$/);
});

it('does not compare a huge file line by line', async () => {
  await repo.write('huge', 'a line\n'.repeat(2_000_000));
  const { stat } = await changesBy(() => repo.write('huge', 'another\n'.repeat(2_000_000)));
  expect(stat).toContain(' huge | Bin 14000000 -> 16000000 bytes\n');
});

it('uses no program that the repository names for comparing', async () => {
  await repo.write('.gitattributes', '* diff=shown\n');
  await repo.write('a', 'a\n');
  await repo.git('config', 'diff.shown.command', `touch ${repo.root}/ran`);
  await repo.git('config', 'diff.shown.textconv', `touch ${repo.root}/ran`);
  await repo.git('config', 'color.ui', 'always');
  const { patch } = await changesBy(() => repo.write('a', 'b\n'));
  expect(patch).toContain('\n-a\n+b\n');
  expect(Object.keys(await repo.files())).not.toContain('ran');
});

it('compares with snapshots of an earlier process', async () => {
  await repo.write('a', 'a\n');
  const from = await workspace.snapshot();
  await repo.write('a', 'b\n');
  const later = await repo.workspace();
  expect((await later.changes(from, await later.snapshot())).files).toEqual([
    { path: 'a', kind: 'modified' },
  ]);
});
