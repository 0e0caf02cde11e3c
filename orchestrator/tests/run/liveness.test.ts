import { writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inspectLiveness } from '../../src/run/liveness.ts';
import { currentProcess } from '../../src/storage/processIdentity.ts';
import { removeRepo, storeRun, tempRepo } from './storedRun.ts';

let root: string;

beforeEach(async () => {
  root = await tempRepo();
});

afterEach(() => removeRepo(root));

describe('inspectLiveness', () => {
  it.each([
    [-3_600_000, 'unknown'],
    [-5_000, 'live'],
    [5_000, 'live'],
    [3_600_000, 'unknown'],
  ])('judges an owner out of sight by a heartbeat of now %i ms', async (offsetMs, state) => {
    const run = await storeRun(root, { manifest: { status: 'in_progress' } });
    await run.ownedBy({ ...currentProcess(), host: 'elsewhere' });
    await writeFile(run.paths.heartbeatPath, `${new Date(Date.now() + offsetMs).toISOString()}\n`);
    expect(await inspectLiveness(run.paths, run.manifest)).toMatchObject({ state });
  });
});
