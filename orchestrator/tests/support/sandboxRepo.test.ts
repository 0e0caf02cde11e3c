import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeRepo } from './sandboxRepo.ts';
import type { SandboxRepo } from './sandboxRepo.ts';

let repo: SandboxRepo;

beforeEach(async () => {
  repo = await makeRepo({ config: { pipelines: [] }, files: { 'src/a.txt': 'text' } });
});
afterEach(() => repo.cleanup());

it('holds what it was given', async () => {
  expect(await repo.read('codex.orchestrator.json')).toBe('{\n  "pipelines": []\n}\n');
  expect(await repo.read('src/a.txt')).toBe('text');
  expect(repo.root).toBe(await realpath(repo.root));
});

it('finds runs, newest first', async () => {
  expect(await repo.runIds()).toEqual([]);
  await expect(repo.manifest()).rejects.toThrow('Task 0101 has no run in');
  const ids = ['2026-01-01T00-00-00-000Z-00000000', '2026-01-02T00-00-00-000Z-00000000'];
  for (const id of ids)
    await repo.write(`.runs/0101/cli/${id}/runner.ndjson`, `{"type":"a","id":"${id}"}\n{"ty`);
  expect(await repo.runIds()).toEqual(ids.toReversed());
  expect(await repo.journal()).toEqual({ lines: [{ type: 'a', id: ids[1] }], torn: '{"ty' });
  expect((await repo.journal({ runId: ids[0] ?? '' })).lines).toEqual([{ type: 'a', id: ids[0] }]);
});

it('refuses evidence that is not valid', async () => {
  await repo.write('.runs/0101/cli/r/manifest.json', { version: 0 });
  await expect(repo.manifest()).rejects.toThrow('This is no valid manifest:\nversion: Too small');
  await repo.write('.runs/0101/cli/r/runner.ndjson', '{"type":"a"}\n{"ty\n');
  await expect(repo.journal()).rejects.toThrow('runner.ndjson:2: no JSON: {"ty');
});

it('leaves nothing behind', async () => {
  await repo.cleanup();
  expect(existsSync(repo.root)).toBe(false);
});
