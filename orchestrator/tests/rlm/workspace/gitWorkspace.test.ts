import { execFileSync } from 'node:child_process';
import { chmodSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeGitRepo, RUN_ID, type GitRepo } from './gitRepo.ts';

const INDEX = `index-${process.pid}`;

let repo: GitRepo;

beforeEach(async () => {
  repo = await makeGitRepo();
});
afterEach(() => repo.cleanup());

/** The files in a tree, as git lists them. */
async function inTree(tree: string): Promise<string[]> {
  return (await repo.git('ls-tree', '-r', '--name-only', tree)).split('\n');
}

async function commitFiles(files: Record<string, string>): Promise<void> {
  for (const [file, content] of Object.entries(files)) await repo.write(file, content);
  await repo.git('add', '-A');
  await repo.git('commit', '-q', '-m', 'begin');
}

it('records tracked and untracked files as they are on disk, not ignored ones and not our evidence', async () => {
  await commitFiles({
    '.gitignore': '*.log\n',
    kept: 'kept\n',
    edited: 'old\n',
    gone: 'x\n',
    staged: 'old\n',
  });
  await repo.write('edited', 'new\n');
  await repo.write('untracked', 'u\n');
  await repo.write('ignored.log', 'i\n');
  await repo.write('.runs/0101/manifest.json', '{}');
  await repo.remove('gone');
  await repo.write('staged', 'staged\n');
  await repo.git('add', 'staged');
  await repo.write('staged', 'on disk\n');
  const workspace = await repo.workspace();
  const tree = await workspace.snapshot();
  expect(workspace.withoutCheckpoints).toBeNull();
  expect(await inTree(tree)).toEqual(['.gitignore', 'edited', 'kept', 'staged', 'untracked']);
  expect(await repo.git('show', `${tree}:edited`)).toBe('new');
  expect(await repo.git('show', `${tree}:staged`)).toBe('on disk');
});

it('touches neither index, HEAD, branches nor stash, and runs no hook', async () => {
  await commitFiles({ a: 'a\n' });
  await repo.write('a', 'stashed\n');
  await repo.git('stash');
  await repo.write('a', 'changed\n');
  await repo.write('b', 'new\n');
  await repo.git('add', 'b');
  const hooks = ['post-index-change', 'reference-transaction', 'pre-commit', 'post-commit', 'post-checkout'];
  for (const hook of hooks) await repo.write(`.git/hooks/${hook}`, '#!/bin/sh\ntouch hook-ran\n', 0o755);
  const before = await repo.belongings();
  const files = await repo.files();
  const workspace = await repo.workspace();
  const tree = await workspace.snapshot();
  await workspace.checkpoint(tree, 1);
  await workspace.changes(await repo.git('rev-parse', 'HEAD^{tree}'), tree);
  expect(await repo.belongings()).toEqual(before);
  expect(await repo.files()).toEqual(files);
});

it('keeps a checkpoint as a commit upon HEAD, without a user known to git', async () => {
  await commitFiles({ a: 'a\n' });
  const workspace = await repo.workspace();
  const tree = await workspace.snapshot();
  const ref = await workspace.checkpoint(tree, 3);
  expect(ref).toBe(`refs/codex-orchestrator/${RUN_ID}/3`);
  const shown = await repo.git('show', '-s', '--format=%T %P%n%an <%ae>%n%s', ref ?? '');
  expect(shown).toBe(
    [
      `${tree} ${await repo.git('rev-parse', 'HEAD')}`,
      'codex-orchestrator <codex-orchestrator@localhost>',
      `codex-orchestrator: before iteration 3 of run ${RUN_ID}`,
    ].join('\n'),
  );
});

it('works before the first commit, and with nothing at all', async () => {
  const workspace = await repo.workspace();
  const empty = await workspace.snapshot();
  expect(await repo.git('ls-tree', empty)).toBe('');
  await repo.write('a', 'a\n');
  const tree = await workspace.snapshot();
  const ref = (await workspace.checkpoint(tree, 1)) ?? '';
  expect(await repo.git('show', '-s', '--format=%T %P|', ref)).toBe(`${tree} |`);
  expect(await workspace.changes(empty, tree)).toMatchObject({ files: [{ path: 'a', kind: 'added' }] });
});

it('sees the same tree in the same files, and every change of content, mode and kind', async () => {
  await commitFiles({ a: 'a\n', b: 'b\n' });
  const workspace = await repo.workspace();
  const seen = [await workspace.snapshot()];
  expect(await workspace.snapshot()).toBe(seen[0]);
  const steps = [
    () => writeFileSync(path.join(repo.root, 'a'), 'A\n'),
    () => writeFileSync(path.join(repo.root, 'a'), 'B\n'),
    () => chmodSync(path.join(repo.root, 'a'), 0o755),
    () => symlinkSync('a', path.join(repo.root, 'link')),
  ];
  for (const step of steps) {
    step();
    const tree = await workspace.snapshot();
    expect(seen).not.toContain(tree);
    seen.push(tree);
  }
  await repo.remove('link');
  await repo.write('a', 'a\n');
  expect(await workspace.snapshot()).toBe(seen[0]);
});

it('notices a change within the tick of the clock in which the user added the file', async () => {
  const [file, index] = [path.join(repo.root, 'a'), path.join(repo.root, '.git/index')];
  const tick = new Date('2026-01-01T00:00:00Z');
  await repo.git('config', 'core.trustctime', 'false');
  await repo.write('a', 'one\n');
  await utimes(file, tick, tick);
  await repo.git('add', 'a');
  await utimes(index, tick, tick);
  await repo.write('a', 'two\n');
  await utimes(file, tick, tick);
  const tree = await (await repo.workspace()).snapshot();
  expect(await repo.git('show', `${tree}:a`)).toBe('two');
});

it('records the whole work tree when it is given a folder in it', async () => {
  await commitFiles({ 'sub/in': 'i\n', out: 'o\n' });
  await repo.write('sub/new', 'n\n');
  const workspace = await repo.workspace({ repoRoot: path.join(repo.root, 'sub') });
  expect(await inTree(await workspace.snapshot())).toEqual(['out', 'sub/in', 'sub/new']);
});

it('takes a folder that the repository around it ignores for itself', async () => {
  await commitFiles({ '.gitignore': 'scratch/\n' });
  await repo.write('scratch/a', 'a\n');
  const { withoutCheckpoints } = await repo.workspace({ repoRoot: path.join(repo.root, 'scratch') });
  expect(withoutCheckpoints).toBe(`${repo.root}/scratch is ignored by the repository in ${repo.root}`);
});

it('works in a linked work tree, with its own index and HEAD', async () => {
  await commitFiles({ a: 'a\n' });
  const linked = path.join(repo.root, '.runs/linked');
  await repo.git('worktree', 'add', '-q', '-b', 'side', linked);
  await writeFile(path.join(linked, 'b'), 'b\n');
  const workspace = await repo.workspace({ repoRoot: linked });
  const tree = await workspace.snapshot();
  expect(await inTree(tree)).toEqual(['a', 'b']);
  const ref = (await workspace.checkpoint(tree, 1)) ?? '';
  expect(await repo.git('rev-parse', `${ref}^`)).toBe(await repo.git('rev-parse', 'side'));
});

it('records files with conflicts as they are, while a merge goes on', async () => {
  await commitFiles({ a: 'base\n', b: 'base\n' });
  await repo.git('checkout', '-q', '-b', 'side');
  await commitFiles({ a: 'side\n' });
  await repo.git('checkout', '-q', 'main');
  await commitFiles({ a: 'main\n' });
  await repo.git('merge', 'side').catch(() => 'conflict');
  const before = await repo.belongings();
  const tree = await (await repo.workspace()).snapshot();
  expect(await repo.git('show', `${tree}:a`)).toContain('<<<<<<< HEAD\nmain\n=======\nside\n>>>>>>> side');
  expect(await repo.git('ls-files', '-u')).not.toBe('');
  expect(await repo.belongings()).toEqual(before);
});

it('works with a split index, a detached HEAD and files that git was told to overlook', async () => {
  await commitFiles({ a: 'a\n', b: 'b\n', c: 'c\n' });
  await repo.git('checkout', '-q', '--detach');
  await repo.git('update-index', '--split-index');
  await repo.git('update-index', '--assume-unchanged', 'b');
  await repo.git('update-index', '--skip-worktree', 'c');
  await repo.write('a', 'A\n');
  await repo.write('b', 'B\n');
  await repo.write('c', 'C\n');
  const before = await repo.belongings();
  const tree = await (await repo.workspace()).snapshot();
  for (const file of ['a', 'b', 'c']) {
    expect(await repo.git('show', `${tree}:${file}`)).toBe(file.toUpperCase());
  }
  expect(await repo.belongings()).toEqual(before);
});

it('keeps what a sparse checkout leaves out, and records what is there all the same', async () => {
  await commitFiles({ 'in/a': 'a\n', 'out/b': 'b\n' });
  await repo.git('sparse-checkout', 'set', 'in');
  await repo.write('out/new', 'n\n');
  const tree = await (await repo.workspace()).snapshot();
  expect(await inTree(tree)).toEqual(['in/a', 'out/b', 'out/new']);
});

it('follows ignore rules and forced files as they change', async () => {
  await commitFiles({ a: 'a\n', 'build/forced': 'f\n' });
  await repo.write('build/made', 'm\n');
  const workspace = await repo.workspace();
  const first = await workspace.snapshot();
  expect(await inTree(first)).toEqual(['a', 'build/forced', 'build/made']);
  await repo.write('.gitignore', 'build/\n');
  expect(await inTree(await workspace.snapshot())).toEqual(['.gitignore', 'a', 'build/forced']);
  await repo.git('add', '-f', 'build/made');
  expect(await inTree(await workspace.snapshot())).toEqual(['.gitignore', 'a', 'build/forced', 'build/made']);
  await repo.git('rm', '-q', '--cached', 'build/made', 'build/forced');
  expect(await inTree(await workspace.snapshot())).toEqual(['.gitignore', 'a']);
  await repo.remove('.gitignore');
  expect(await workspace.snapshot()).toBe(first);
});

it('is not led astray by the variables of a hook', async () => {
  await commitFiles({ a: 'a\n' });
  const other = await makeGitRepo();
  const env = {
    ...repo.env,
    GIT_DIR: path.join(other.root, '.git'),
    GIT_WORK_TREE: other.root,
    GIT_INDEX_FILE: path.join(other.root, 'their-index'),
    GIT_OBJECT_DIRECTORY: path.join(other.root, '.git/objects'),
    GIT_PREFIX: 'sub/',
    GIT_LITERAL_PATHSPECS: '1',
  };
  const workspace = await repo.workspace({ env });
  expect(await inTree(await workspace.snapshot())).toEqual(['a']);
  expect(await readdir(other.root)).toEqual(['.git']);
  await other.cleanup();
});

it('goes on where files cannot be recorded', async () => {
  await commitFiles({ a: 'a\n' });
  await repo.git('init', '-q', 'empty-repository');
  await repo.git('init', '-q', 'repository');
  await repo.write('repository/x', 'x\n');
  await repo.git('-C', 'repository', 'add', 'x');
  await repo.git('-C', 'repository', 'commit', '-q', '-m', 'inner');
  execFileSync('mkfifo', [path.join(repo.root, 'pipe')]);
  await repo.write('b', 'b\n');
  const tree = await (await repo.workspace()).snapshot();
  expect(await inTree(tree)).toEqual(['a', 'b', 'repository']);
});

it.skipIf(process.getuid?.() === 0)('leaves out a file that must not be read', async () => {
  await commitFiles({ a: 'a\n' });
  await repo.write('secret', 's\n', 0o000);
  expect(await inTree(await (await repo.workspace()).snapshot())).toEqual(['a']);
});

it('ignores a lock and an index that a killed process left behind', async () => {
  await commitFiles({ a: 'a\n' });
  const { dir } = repo.options();
  await mkdir(dir, { recursive: true });
  await writeFile(path.join(dir, INDEX), 'torn');
  await writeFile(path.join(dir, `${INDEX}.lock`), '');
  expect(await inTree(await (await repo.workspace()).snapshot())).toEqual(['a']);
});

it('leaves the index of an earlier owner, on which a git may still work, to that one', async () => {
  await commitFiles({ a: 'a\n' });
  const { dir } = repo.options();
  const earlier = `index-${process.pid}1`;
  await mkdir(dir, { recursive: true });
  for (const file of [earlier, `${earlier}.lock`, 'index-1', 'state.json'])
    await writeFile(path.join(dir, file), '');
  const workspace = await repo.workspace();
  await writeFile(path.join(dir, `${earlier}.lock`), 'of the git that lives on');
  expect(await inTree(await workspace.snapshot())).toEqual(['a']);
  expect(await readdir(dir)).toEqual([INDEX, `${earlier}.lock`, 'state.json']);
});

it('begins anew when somebody removed the objects or the index that it relied on', async () => {
  await commitFiles({ a: 'a\n' });
  await repo.write('b', 'b\n');
  const workspace = await repo.workspace();
  const tree = await workspace.snapshot();
  await repo.git('gc', '-q', '--prune=now');
  await repo.write('a', 'other\n');
  await workspace.snapshot();
  await repo.write('a', 'a\n');
  expect(await workspace.snapshot()).toBe(tree);
  expect(await repo.git('show', `${tree}:b`)).toBe('b');
  await rm(path.join(repo.options().dir, INDEX));
  expect(await workspace.snapshot()).toBe(tree);
});

it('finds our evidence through a symbolic link to the repository', async () => {
  await commitFiles({ a: 'a\n' });
  const link = `${repo.root}-link`;
  await symlink(repo.root, link);
  await repo.write('.runs/x', 'x');
  const workspace = await repo.workspace({ repoRoot: link, exclude: [path.join(link, '.runs')] });
  expect(await inTree(await workspace.snapshot())).toEqual(['a']);
  await rm(link);
});

it('leaves out tracked files in the folders of our evidence', async () => {
  await commitFiles({ a: 'a\n', 'out/tracked': 't\n' });
  const workspace = await repo.workspace({
    exclude: [path.join(repo.root, 'out'), path.join(repo.root, '.runs')],
  });
  const tree = await workspace.snapshot();
  await repo.write('out/tracked', 'changed\n');
  expect(await inTree(tree)).toEqual(['a']);
  expect(await workspace.snapshot()).toBe(tree);
});

it('is a folder in a bare repository, without one and without git', async () => {
  const bare = await makeGitRepo({ isBare: true });
  const plain = await makeGitRepo({ isPlain: true });
  const workspaces = [bare.workspace(), plain.workspace(), repo.workspace({ env: { PATH: '/nowhere' } })];
  const reasons = (await Promise.all(workspaces)).map((each) => each.withoutCheckpoints);
  expect(reasons).toEqual([
    expect.stringContaining('must be run in a work tree'),
    expect.stringContaining('not a git repository'),
    expect.stringContaining('cannot be started'),
  ]);
  await bare.cleanup();
  await plain.cleanup();
});

it('says in one line what git could not do', async () => {
  const workspace = await repo.workspace();
  await rename(path.join(repo.root, '.git'), path.join(repo.root, 'moved'));
  await expect(workspace.snapshot()).rejects.toThrow(/^git [a-z-]+: fatal: not a git repository: '.*'$/);
});

it('names what changed from the folder that it is given', async () => {
  await commitFiles({ 'packages/a/in': 'i\n', 'packages/b/beside': 'b\n', top: 't\n' });
  const workspace = await repo.workspace({ repoRoot: path.join(repo.root, 'packages/a') });
  const from = await workspace.snapshot();
  for (const file of ['packages/a/in', 'packages/a/new/..x', 'packages/b/beside', 'top']) {
    await repo.write(file, 'changed\n');
  }
  const { files, stat } = await workspace.changes(from, await workspace.snapshot());
  expect(files).toEqual([
    { path: '../../top', kind: 'modified' },
    { path: '../b/beside', kind: 'modified' },
    { path: 'in', kind: 'modified' },
    { path: 'new/..x', kind: 'added' },
  ]);
  expect(stat).toContain(' packages/a/in ');
});

it('leaves out single files, tracked or not', async () => {
  await commitFiles({ a: 'a\n', 'loop.log': 'l\n' });
  const exclude = ['.runs', 'loop.log', 'out/err.log'].map((each) => path.join(repo.root, each));
  const workspace = await repo.workspace({ exclude });
  await repo.write('loop.log', 'line\n');
  await repo.write('out/err.log', 'line\n');
  await repo.write('out/err.log.1', 'line\n');
  expect(await inTree(await workspace.snapshot())).toEqual(['a', 'out/err.log.1']);
});

it('rejects when it is cancelled, without further tries', async () => {
  await commitFiles({ a: 'a\n' });
  const cancel = new AbortController();
  const workspace = await repo.workspace({ signal: cancel.signal });
  const tree = await workspace.snapshot();
  await repo.write('a', 'b\n');
  const snapshot = workspace.snapshot();
  cancel.abort();
  await expect(snapshot).rejects.toMatchObject({ isCancelled: true });
  await expect(workspace.checkpoint(tree, 1)).rejects.toThrow(/^git commit-tree: cancelled$/);
  await expect(repo.workspace({ signal: cancel.signal })).rejects.toThrow(/^git rev-parse: cancelled$/);
});
