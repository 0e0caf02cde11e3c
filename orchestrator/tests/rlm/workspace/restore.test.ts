import { chmod, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listCheckpoints } from '../../../src/rlm/workspace/listCheckpoints.ts';
import {
  applyRestore,
  planRestore,
  type RestorePlan,
  type RestoreResult,
} from '../../../src/rlm/workspace/restore.ts';
import { makeGitRepo, RUN_ID, type GitRepo } from './gitRepo.ts';

const NOW = new Date('2026-11-22T12:46:41.046Z');
const UNDO = 'before-restore-2026-11-22T12-46-41-046Z';

let repo: GitRepo;

beforeEach(async () => {
  repo = await makeGitRepo();
});
afterEach(() => repo.cleanup());

async function record(iteration: number): Promise<void> {
  const workspace = await repo.workspace();
  await workspace.checkpoint(await workspace.snapshot(), iteration);
}

async function plan(checkpoint: string, repoRoot = repo.root): Promise<RestorePlan> {
  const planning = await planRestore({ ...repo.options({ repoRoot }), checkpoint });
  if (planning.kind !== 'planned') throw new Error(`Not planned: ${planning.kind}`);
  return planning.plan;
}

async function restore(checkpoint: string, repoRoot?: string): Promise<RestoreResult> {
  return applyRestore(await plan(checkpoint, repoRoot), NOW);
}

it('says what would be lost, and changes nothing by that', async () => {
  await repo.write('.gitignore', '*.log\n');
  await repo.write('changed', 'old\n');
  await repo.write('gone', 'g\n');
  await record(1);
  await repo.write('changed', 'new\n');
  await repo.write('folder/later', 'l\n');
  await repo.write('x.log', 'ignored\n');
  await repo.remove('gone');
  const files = await repo.files();
  const belongings = await repo.belongings();
  const { losses, checkpoint } = await plan('1');
  expect(losses).toEqual([
    { path: 'changed', kind: 'modified' },
    { path: 'folder/later', kind: 'deleted' },
    { path: 'gone', kind: 'added' },
  ]);
  expect(checkpoint).toMatchObject({ name: '1', ref: `refs/codex-orchestrator/${RUN_ID}/1` });
  expect(await repo.files()).toEqual(files);
  expect(await repo.belongings()).toEqual(belongings);
});

it('makes the work tree equal to the checkpoint, and leaves everything else alone', async () => {
  await repo.write('.gitignore', '*.log\n');
  await repo.write('committed', 'c\n');
  await repo.git('add', '-A');
  await repo.git('commit', '-q', '-m', 'begin');
  await repo.write('committed', 'changed before\n');
  await repo.write('script', '#!/bin/sh\n', 0o755);
  await repo.write('deep/er/file', 'd\n');
  await repo.write('becomes-folder', 'f\n');
  await repo.write('becomes-file/inside', 'i\n');
  await symlink('script', path.join(repo.root, 'link'));
  await record(1);
  const before = await repo.files();

  await repo.write('committed', 'changed after\n');
  await repo.git('add', '-A');
  await repo.git('commit', '-q', '-m', 'by the agent');
  await repo.git('checkout', '-q', '-b', 'agent');
  await chmod(path.join(repo.root, 'script'), 0o644);
  for (const file of ['deep', 'link', 'becomes-folder', 'becomes-file']) await repo.remove(file);
  await repo.write('becomes-folder/inside', 'i\n');
  await repo.write('becomes-file', 'f\n');
  await repo.write('link', 'no link\n');
  await repo.write('later/on/file', 'l\n');
  await repo.write('x.log', 'ignored\n');
  await repo.write('.runs/0101/cli/evidence', 'e\n');
  await repo.git('add', 'link');
  const belongings = await repo.belongings();
  const after = await repo.files();

  const { undo, restored, remaining } = await restore('1');
  expect(undo).toBe(UNDO);
  expect(restored).toHaveLength(9);
  expect(remaining).toEqual([]);
  expect(await repo.files()).toEqual({ ...before, 'x.log': 'ignored\n' });
  expect(await readdir(repo.root)).not.toContain('later');
  expect(await readdir(path.join(repo.root, '.runs/0101/cli'))).toContain('evidence');
  expect(await repo.belongings()).toEqual(belongings);

  expect((await restore(undo)).remaining).toEqual([]);
  expect(await repo.files()).toEqual(after);
});

it('restores the whole work tree from a folder in it', async () => {
  await repo.write('sub/a', 'a\n');
  await repo.write('top', 't\n');
  await record(1);
  await repo.write('sub/a', 'A\n');
  await repo.write('top', 'T\n');
  const sub = path.join(repo.root, 'sub');
  expect((await plan('1', sub)).losses).toEqual([
    { path: '../top', kind: 'modified' },
    { path: 'a', kind: 'modified' },
  ]);
  expect((await restore('1', sub)).remaining).toEqual([]);
  expect(await repo.files()).toEqual({ 'sub/a': 'a\n', top: 't\n' });
});

it('keeps ignored files that are in the way of others', async () => {
  await repo.write('plain', 'old\n');
  await repo.write('was-folder/file', 'old\n');
  await repo.write('was-file', 'old\n');
  await repo.write('through-link/file', 'old\n');
  await record(1);
  const before = await repo.files();
  for (const file of Object.keys(before)) await repo.remove(file.split('/')[0] ?? '');
  await repo.write('.gitignore', 'plain\nwas-folder\nwas-file\n*.log\nthrough-link\nelsewhere\n');
  await repo.write('plain', 'ignored\n');
  await repo.write('was-folder', 'ignored\n');
  await repo.write('was-file/deep/x.log', 'ignored\n');
  await repo.write('elsewhere/file', 'ignored\n');
  await symlink('elsewhere', path.join(repo.root, 'through-link'));
  const after = await repo.files();
  const { losses } = await plan('1');
  expect(losses).toContainEqual({ path: 'plain', kind: 'modified' });
  expect(losses).toContainEqual({ path: 'was-folder', kind: 'deleted' });
  expect(losses).toContainEqual({ path: 'was-file/deep/x.log', kind: 'deleted' });

  const { undo, remaining } = await restore('1');
  expect(remaining).toEqual([]);
  expect(await repo.files()).toEqual({ ...before, 'elsewhere/file': 'ignored\n' });
  await restore(undo);
  expect(await repo.files()).toEqual(after);
});

it('keeps what the checkpoint ignores, though the present state does not', async () => {
  await repo.write('a', 'a\n');
  await record(1);
  await repo.write('.gitignore', 'node_modules/\n');
  await repo.write('node_modules/x/index.js', 'x\n');
  await repo.write('b', 'b\n');
  const after = await repo.files();
  const { undo } = await restore('1');
  expect(await repo.files()).toEqual({ a: 'a\n', 'node_modules/x/index.js': 'x\n' });
  await repo.write('c', 'c\n');
  expect((await plan(undo)).losses).toEqual([
    { path: '.gitignore', kind: 'added' },
    { path: 'b', kind: 'added' },
    { path: 'c', kind: 'deleted' },
  ]);
  await restore(undo);
  expect(await repo.files()).toEqual(after);
  expect(await readdir(repo.options().dir)).toEqual([`index-${process.pid}`, `restore-index-${process.pid}`]);
});

it('leaves repositories in the work tree alone', async () => {
  await repo.write('a', 'a\n');
  await record(1);
  await repo.git('init', '-q', 'inner');
  await repo.write('inner/x', 'x\n');
  await repo.git('-C', 'inner', 'add', 'x');
  await repo.git('-C', 'inner', 'commit', '-q', '-m', 'inner');
  await repo.write('a', 'b\n');
  expect((await plan('1')).losses).toEqual([{ path: 'a', kind: 'modified' }]);
  await restore('1');
  expect(await repo.files()).toEqual({ a: 'a\n', 'inner/x': 'x\n' });
});

it('keeps what a sparse checkout leaves out', async () => {
  await repo.write('in/a', 'a\n');
  await repo.write('out/b', 'b\n');
  await repo.git('add', '-A');
  await repo.git('commit', '-q', '-m', 'begin');
  await repo.git('sparse-checkout', 'set', 'in');
  await repo.write('out/made', 'm\n');
  await record(1);
  const before = await repo.files();
  await repo.write('in/a', 'A\n');
  await repo.write('out/made', 'M\n');
  await restore('1');
  expect(await repo.files()).toEqual(before);
});

it('restores in the middle of a merge, and during it', async () => {
  await repo.write('a', 'base\n');
  await repo.git('add', '-A');
  await repo.git('commit', '-q', '-m', 'base');
  await repo.git('checkout', '-q', '-b', 'side');
  await repo.write('a', 'side\n');
  await repo.git('commit', '-q', '-a', '-m', 'side');
  await repo.git('checkout', '-q', 'main');
  await repo.write('a', 'main\n');
  await repo.git('commit', '-q', '-a', '-m', 'main');
  await record(1);
  await repo.git('merge', 'side').catch(() => 'conflict');
  await record(2);
  const belongings = await repo.belongings();
  await restore('1');
  expect(await repo.files()).toEqual({ a: 'main\n' });
  await restore('2');
  expect((await repo.files())['a']).toContain('>>>>>>> side');
  expect(await repo.belongings()).toEqual(belongings);
});

it('changes nothing when git cannot write, and says what it said', async () => {
  await repo.write('a/b', 'b\n');
  await record(1);
  const ready = await plan('1');
  await repo.write('a/b', 'c\n');
  await mkdir(path.join(repo.options().dir), { recursive: true });
  await writeFile(path.join(repo.root, '.git/refs/codex-orchestrator', RUN_ID, `${UNDO}.lock`), '');
  await expect(applyRestore(ready, NOW)).rejects.toThrow(/^git update-ref: fatal: .*File exists/s);
  expect(await repo.files()).toEqual({ 'a/b': 'c\n' });
});

describe('without a checkpoint', () => {
  it('tells which there are', async () => {
    await record(1);
    await record(10);
    await record(2);
    const planning = await planRestore({ ...repo.options(), checkpoint: '3' });
    expect(planning).toMatchObject({
      kind: 'no-checkpoint',
      known: [{ name: '1' }, { name: '2' }, { name: '10' }],
    });
    expect(await planRestore({ ...repo.options({ runId: 'other' }), checkpoint: '1' })).toEqual({
      kind: 'no-checkpoint',
      known: [],
    });
  });

  it('tells why there is no git', async () => {
    const plain = await makeGitRepo({ isPlain: true });
    const reason: unknown = expect.stringContaining('not a git repository');
    const expected = { kind: 'no-git', reason };
    expect(await planRestore({ ...plain.options(), checkpoint: '1' })).toEqual(expected);
    expect(await listCheckpoints(plain.root, RUN_ID, plain.env)).toEqual(expected);
    await plain.cleanup();
  });
});

it('lists checkpoints with the number of files that changed until the next', async () => {
  await record(1);
  await repo.write('a', 'a\n');
  await repo.write('b', 'b\n');
  await record(2);
  await repo.write('b', 'B\n');
  await record(3);
  await restore('2');
  const list = await listCheckpoints(repo.root, RUN_ID, repo.env);
  expect(list).toMatchObject({
    kind: 'listed',
    checkpoints: [
      { name: '1', filesChanged: 2 },
      { name: '2', filesChanged: 1 },
      { name: '3', filesChanged: null },
      { name: UNDO, filesChanged: null },
    ],
  });
});

it('keeps the checkpoints of runs apart, whatever their ids are', async () => {
  for (const [position, runId] of ['a b', 'a~b', 'a..b', 'x.lock', 'ü', 'end.', '@{x'].entries()) {
    const workspace = await repo.workspace({ runId });
    await repo.write('file', String(position));
    await workspace.checkpoint(await workspace.snapshot(), 1);
    const list = await listCheckpoints(repo.root, runId, repo.env);
    expect(list).toMatchObject({ checkpoints: [{ name: '1' }] });
  }
  const refs = await repo.git('for-each-ref', '--format=%(tree)', 'refs/codex-orchestrator');
  expect(new Set(refs.split('\n')).size).toBe(7);
});

/** Names that are files in one state and folders in another. */
const name = fc.constantFrom('a', 'b', 'a/b', 'a/c', 'a/c/d', 'e f', 'é', 'x.log', 'a/y.log');
const state = fc.uniqueArray(
  fc.record({
    name,
    kind: fc.constantFrom('file', 'program', 'link'),
    content: fc.constantFrom('', 'one\n', 'two\n', 'bin\0ary'),
  }),
  { selector: (file) => file.name, maxLength: 6 },
);

it('goes from any state to any other and back', async () => {
  const enter = async (files: readonly { name: string; kind: string; content: string }[]): Promise<void> => {
    for (const entry of await readdir(repo.root)) if (!entry.startsWith('.')) await repo.remove(entry);
    await repo.write('.gitignore', '*.log\n');
    const taken = new Set<string>();
    for (const file of files) {
      const parts = file.name.split('/').map((_, at, all) => all.slice(0, at + 1).join('/'));
      // A name that is a file cannot be a folder as well.
      if (
        parts.some((part) => taken.has(part)) ||
        files.some((other) => other.name.startsWith(`${file.name}/`))
      )
        continue;
      taken.add(file.name);
      if (file.kind === 'link') {
        await mkdir(path.dirname(path.join(repo.root, file.name)), { recursive: true });
        await symlink(file.content.replaceAll('\0', '') || 'nowhere', path.join(repo.root, file.name));
      } else await repo.write(file.name, file.content, file.kind === 'program' ? 0o755 : 0o644);
    }
  };
  await fc.assert(
    fc.asyncProperty(state, state, async (first, second) => {
      await enter(first);
      const recorded = withoutIgnored(await repo.files());
      await record(1);
      await enter(second);
      const present = await repo.files();
      const { undo, remaining } = await restore('1');
      expect(remaining).toEqual([]);
      expect(withoutIgnored(await repo.files())).toEqual(recorded);
      await restore(undo);
      expect(await repo.files()).toEqual(present);
    }),
    { numRuns: 15 },
  );
});

function withoutIgnored(files: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).filter(([file]) => !file.endsWith('.log')));
}
