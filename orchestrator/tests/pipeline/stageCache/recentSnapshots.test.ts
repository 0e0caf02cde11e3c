import { afterEach, beforeEach, expect, it } from 'vitest';
import { createRecentSnapshots } from '../../../src/pipeline/stageCache/recentSnapshots.ts';
import { makeRepo, type SandboxRepo } from '../../support/sandboxRepo.ts';

let repo: SandboxRepo;
beforeEach(async () => {
  repo = await makeRepo({ files: { 'src/a': 'a' } });
});
afterEach(() => repo.cleanup());

const request = () => ({ repoRoot: repo.root, patterns: ['src/**'], memo: null });

it('looks once at the same inputs of stages that follow each other at once', async () => {
  let nowMs = 1_000;
  const snapshots = createRecentSnapshots(() => nowMs);
  const first = await snapshots.take(request());
  expect(await snapshots.take({ ...request(), patterns: ['src/b'] })).not.toBe(first);
  nowMs += 24;
  expect(await snapshots.take(request())).toBe(first);
  nowMs += 1;
  expect(await snapshots.take(request())).not.toBe(first);
});

it('looks anew once files were changed, and each time while a command runs', async () => {
  const snapshots = createRecentSnapshots();
  const first = await snapshots.take(request());
  snapshots.forget();
  expect(await snapshots.take(request())).not.toBe(first);

  const during = await snapshots.during(async () => {
    const one = await snapshots.take(request());
    await repo.write('src/a', 'A');
    return [one, await snapshots.take(request())];
  });
  expect(during[0]?.digest).not.toBe(during[1]?.digest);
  const after = await snapshots.take(request());
  expect(during).not.toContain(after);
  expect(after.digest).toBe(during[1]?.digest);
});

it('does not keep a look that began while a command ran', async () => {
  const snapshots = createRecentSnapshots();
  let end = (): void => {};
  const command = snapshots.during(() => new Promise<void>((resolve) => (end = resolve)));
  const look = snapshots.take(request());
  end();
  await command;
  expect(await snapshots.take(request())).not.toBe(await look);
});
