import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Workspace } from '../../../src/rlm/workspace/workspace.ts';
import { makeGitRepo, type GitRepo } from './gitRepo.ts';

let repo: GitRepo;

beforeEach(async () => {
  repo = await makeGitRepo();
  await repo.write('a', 'a\n');
});
afterEach(() => repo.cleanup());

async function makeNested(folder: string, commits = true): Promise<void> {
  await repo.git('init', '-q', folder);
  await repo.write(`${folder}/x`, 'x\n');
  if (!commits) return;
  await repo.git('-C', folder, 'add', 'x');
  await repo.git('-C', folder, 'commit', '-q', '-m', 'inner');
}

async function stateOf(workspace: Workspace): Promise<string> {
  return workspace.state(await workspace.snapshot());
}

it('is the snapshot where there are no repositories inside', async () => {
  const workspace = await repo.workspace();
  const tree = await workspace.snapshot();
  expect(await workspace.state(tree)).toBe(tree);
});

it.each([
  { name: 'with a commit', folder: 'inner', commits: true },
  { name: 'without a commit', folder: 'deep/in ner', commits: false },
])(
  'sees every change inside of a repository $name, and the same files as the same',
  async ({ folder, commits }) => {
    await makeNested(folder, commits);
    const workspace = await repo.workspace();
    const tree = await workspace.snapshot();
    const seen = [await workspace.state(tree)];
    const steps = [
      () => repo.write(`${folder}/x`, 'one\n'),
      () => repo.write(`${folder}/x`, 'two\n'),
      () => repo.write(`${folder}/untracked`, 'u\n'),
      () => repo.write(`${folder}/untracked`, 'U\n'),
    ];
    for (const step of steps) {
      await step();
      const state = await stateOf(workspace);
      expect(seen).not.toContain(state);
      expect(await stateOf(workspace)).toBe(state);
      expect(await stateOf(await repo.workspace())).toBe(state);
      seen.push(state);
    }
    expect(await workspace.snapshot()).toBe(tree);
    await repo.write(`${folder}/x`, 'x\n');
    await repo.remove(`${folder}/untracked`);
    expect(await stateOf(workspace)).toBe(seen[0]);
  },
);

it('sees a repository that appears, goes and moves on, and those inside of it', async () => {
  const workspace = await repo.workspace();
  const seen = [await stateOf(workspace)];
  const steps = [
    () => makeNested('inner', false),
    () => makeNested('inner'),
    () => makeNested('inner/innermost', false),
    () => repo.write('inner/innermost/x', 'changed\n'),
    () => repo.remove('inner'),
  ];
  for (const step of steps) {
    await step();
    seen.push(await stateOf(workspace));
  }
  // Nothing is left of it, and a state that was there before may look like the first.
  expect(new Set(seen.slice(0, -1)).size).toBe(seen.length - 1);
});

it('works with submodules, and touches nothing of them that belongs to the user', async () => {
  const origin = await makeGitRepo();
  await origin.write('x', 'x\n');
  await origin.git('add', 'x');
  await origin.git('commit', '-q', '-m', 'begin');
  for (const name of ['there', 'absent']) {
    await repo.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', origin.root, name);
  }
  await repo.git('add', '-A');
  await repo.git('commit', '-q', '-m', 'submodules');
  await repo.git('submodule', '--quiet', 'deinit', 'absent');
  const workspace = await repo.workspace();
  const before = await stateOf(workspace);
  await repo.write('there/x', 'changed\n');
  const status = await repo.git('-C', 'there', 'status', '--porcelain');
  expect(await stateOf(workspace)).not.toBe(before);
  expect(await repo.git('-C', 'there', 'status', '--porcelain')).toBe(status);
  expect(await repo.git('-C', 'there', 'diff', '--cached')).toBe('');
  await origin.cleanup();
});

it('counts one that git cannot read as unchanging', async () => {
  await makeNested('inner', false);
  const workspace = await repo.workspace();
  const readable = await stateOf(workspace);
  await repo.write('inner/.git/index', 'torn');
  const broken = await stateOf(workspace);
  await repo.write('inner/x', 'changed\n');
  expect(await stateOf(workspace)).toBe(broken);
  await repo.remove('inner/.git/index');
  await repo.write('inner/x', 'x\n');
  expect(await stateOf(workspace)).toBe(readable);
});

it('leaves our evidence in them out', async () => {
  await makeNested('inner');
  const [evidence, dir] = ['inner/.runs', 'inner/.runs/rlm'].map((each) => path.join(repo.root, each));
  const workspace = await repo.workspace({ exclude: [evidence ?? ''], dir: dir ?? '' });
  const before = await stateOf(workspace);
  await repo.write('inner/.runs/manifest.json', '{}');
  expect(await stateOf(workspace)).toBe(before);
  expect((await readdir(dir ?? '')).every((file) => file.startsWith(`index-${process.pid}`))).toBe(true);
});
