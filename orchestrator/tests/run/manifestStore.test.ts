import { mkdtemp, readFile, rm, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ManifestStore } from '../../src/run/manifestStore.ts';
import type { Manifest } from '../../src/run/manifestTypes.ts';
import { eventually } from '../support/eventually.ts';
import { sampleManifest } from './sampleManifest.ts';

const env = { repoRoot: '/repo', runsRoot: '/repo/.runs', outRoot: '/repo/out', taskId: 't' };
let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'manifest-store-'));
  file = path.join(folder, 'manifest.json');
});

afterEach(async () => {
  vi.useRealTimers();
  await rm(folder, { recursive: true, force: true });
});

async function onDisk(): Promise<Manifest> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by the store a moment ago
  return JSON.parse(await readFile(file, 'utf8')) as Manifest;
}

describe('ManifestStore', () => {
  it('writes two-space JSON that ends with one newline', async () => {
    const store = new ManifestStore(file, sampleManifest(env, ['a']));
    store.create();
    expect(await readFile(file, 'utf8')).toBe(`${JSON.stringify(store.manifest, null, 2)}\n`);
  });

  it('serves requests made during a write with one further write that has the newest state', async () => {
    const store = new ManifestStore(file, sampleManifest(env, ['a']));
    const first = store.persist();
    store.manifest.summary = 'second';
    const others = [store.persist(), store.persist()];
    store.manifest.summary = 'third';
    await Promise.all([first, ...others]);
    expect((await onDisk()).summary).toBe('third');
  });

  it('rejects the request whose write failed and serves the next one', async () => {
    const missing = path.join(folder, 'taken');
    await mkdir(missing);
    const store = new ManifestStore(missing, sampleManifest(env, ['a']));
    await expect(store.persist()).rejects.toMatchObject({ code: 'EISDIR' });
    await rm(missing, { recursive: true });
    await expect(store.persist()).resolves.toBeUndefined();
  });

  it('spreads interim writes over a run of many stages', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
    const manifest = sampleManifest(
      env,
      Array.from({ length: 20 }, (_, offset) => `s${offset}`),
    );
    const store = new ManifestStore(file, manifest);
    store.create();
    let writes = 0;
    let seen = await readFile(file, 'utf8');
    for (const command of manifest.commands) {
      command.status = 'succeeded';
      vi.advanceTimersByTime(5_000);
      store.noteTransition();
      await store.close();
      const now = await readFile(file, 'utf8');
      if (now !== seen) writes += 1;
      seen = now;
    }
    expect(writes).toBe(6);
  });

  it('does not write twice within a second', async () => {
    const manifest = sampleManifest(env, ['a', 'b', 'c']);
    const store = new ManifestStore(file, manifest);
    store.create();
    const [first] = manifest.commands;
    if (first !== undefined) first.status = 'succeeded';
    store.noteTransition();
    expect((await onDisk()).commands[0]?.status).toBe('pending');
    await eventually(async () => (await onDisk()).commands[0]?.status === 'succeeded', {
      what: 'the interim write',
    });
    await store.close();
  });
});
