import { chmod, readdir, symlink, utimes } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Workspace } from '../../../src/rlm/workspace/workspace.ts';
import { makeGitRepo, type GitRepo } from './gitRepo.ts';

let repo: GitRepo;
let workspace: Workspace;

beforeEach(async () => {
  repo = await makeGitRepo({ isPlain: true });
  workspace = await repo.workspace();
});
afterEach(() => repo.cleanup());

it('has no checkpoints', async () => {
  expect(workspace.withoutCheckpoints).toMatch(/not a git repository/);
  expect(await workspace.checkpoint(await workspace.snapshot(), 1)).toBeNull();
});

it('sees every change of content, mode and kind, and the same files as the same', async () => {
  const seen = [await workspace.snapshot()];
  const steps = [
    () => repo.write('a', 'one'),
    () => repo.write('a', 'two'),
    () => repo.write('a', 'two', 0o755),
    () => repo.write('.hidden/b', ''),
    () => symlink('a', path.join(repo.root, 'link')),
    () => repo.remove('link').then(() => symlink('b', path.join(repo.root, 'link'))),
  ];
  for (const step of steps) {
    await step();
    const snapshot = await workspace.snapshot();
    expect(seen).not.toContain(snapshot);
    expect(await workspace.snapshot()).toBe(snapshot);
    expect(await (await repo.workspace()).snapshot()).toBe(snapshot);
    seen.push(snapshot);
  }
  for (const file of ['a', '.hidden', 'link']) await repo.remove(file);
  expect(await workspace.snapshot()).toBe(seen[0]);
});

it('notices a change that leaves size and time as they were', async () => {
  const time = new Date('2026-01-01T00:00:00Z');
  await repo.write('a', 'one');
  await utimes(path.join(repo.root, 'a'), time, time);
  const before = await workspace.snapshot();
  await repo.write('a', 'two');
  await utimes(path.join(repo.root, 'a'), time, time);
  expect(await workspace.snapshot()).not.toBe(before);
});

it('leaves out installed packages, repositories and our evidence', async () => {
  await repo.write('a', 'a');
  const before = await workspace.snapshot();
  await repo.write('node_modules/x/index.js', 'x');
  await repo.write('packages/b/node_modules/y.js', 'y');
  await repo.write('.runs/0101/x', 'x');
  await repo.write('vendor/.git/HEAD', 'x');
  expect(await workspace.snapshot()).toBe(before);
});

it('tells what changed, also to a later process', async () => {
  await repo.write('changed', 'one');
  await repo.write('gone', 'x');
  const from = await workspace.snapshot();
  await repo.write('changed', 'two');
  await repo.remove('gone');
  await repo.write('new\n"file"', 'x');
  const later = await repo.workspace();
  expect(await later.changes(from, await later.snapshot())).toEqual({
    files: [
      { path: 'changed', kind: 'modified' },
      { path: 'gone', kind: 'deleted' },
      { path: 'new\n"file"', kind: 'added' },
    ],
    stat: [
      ' changed         | modified',
      ' gone            | deleted',
      String.raw` "new\n\"file\"" | added`,
      ' 3 files changed',
    ].join('\n'),
    patch: '',
  });
  expect(await later.changes(from, from)).toEqual({ files: [], stat: 'no changes', patch: '' });
});

it('keeps the first listing and the last ones', async () => {
  await repo.write('a', 'first');
  const first = await workspace.snapshot();
  for (let n = 0; n < 30; n += 1) {
    await repo.write('a', String(n));
    await workspace.snapshot();
  }
  await repo.write('a', 'first');
  expect(await workspace.snapshot()).toBe(first);
  await repo.write('a', 'last');
  const last = await workspace.snapshot();
  expect(await readdir(path.join(repo.options().dir, 'snapshots'))).toHaveLength(21);
  expect((await workspace.changes(first, last)).files).toEqual([{ path: 'a', kind: 'modified' }]);
});

it('leaves out a single file of ours', async () => {
  await repo.write('a', 'a');
  const exclude = [...repo.options().exclude, path.join(repo.root, 'logs/loop.log')];
  workspace = await repo.workspace({ exclude });
  const before = await workspace.snapshot();
  await repo.write('logs/loop.log', 'line');
  expect(await workspace.snapshot()).toBe(before);
  await repo.write('logs/loop.log.1', 'line');
  expect(await workspace.snapshot()).not.toBe(before);
});

it('tells a state by its snapshot alone', async () => {
  await repo.write('a', 'a');
  const snapshot = await workspace.snapshot();
  expect(await workspace.state(snapshot)).toBe(snapshot);
});

it.skipIf(process.getuid?.() === 0)('goes on where it may not look', async () => {
  await repo.write('secret', 's', 0o000);
  await repo.write('closed/inside', 'i');
  await chmod(path.join(repo.root, 'closed'), 0o644);
  const before = await workspace.snapshot();
  expect(await workspace.snapshot()).toBe(before);
  await repo.write('a', 'a');
  const after = await workspace.snapshot();
  expect((await workspace.changes(before, after)).files).toEqual([{ path: 'a', kind: 'added' }]);
  await chmod(path.join(repo.root, 'closed'), 0o755);
  expect((await workspace.changes(after, await workspace.snapshot())).files).toEqual([
    { path: 'closed/inside', kind: 'modified' },
  ]);
});

it('stops when it is cancelled', async () => {
  for (let n = 0; n < 50; n += 1) await repo.write(`folder-${n}/file`, 'x');
  const cancel = new AbortController();
  workspace = await repo.workspace({ signal: cancel.signal });
  const reason = new Error('no more');
  const snapshot = workspace.snapshot();
  cancel.abort(reason);
  await expect(snapshot).rejects.toBe(reason);
});
