import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { makeEditedCheckout } from './editedCheckout.ts';
import { anyEdit, type Edit } from './edits.ts';

/**
 * Makes the same edits in two checkouts, of which one has a cache, with a run after each step. Resolves with the number of
 * hits.
 */
async function compareRuns(steps: readonly (readonly Edit[])[]): Promise<number> {
  const cacheDir = await mkdtemp(path.join(tmpdir(), 'codex-sequence-'));
  const [cached, uncached] = [await makeEditedCheckout(), await makeEditedCheckout()];
  let hits = 0;
  try {
    for (const edits of [[], ...steps]) {
      const [one, other] = await Promise.all([cached.step(edits, cacheDir), uncached.step(edits, null)]);
      hits += one.hits.length;
      expect(one.stages).toEqual(other.stages);
      expect(await cached.content()).toEqual(await uncached.content());
    }
    return hits;
  } finally {
    await Promise.all([rm(cacheDir, { recursive: true }), cached.repo.cleanup(), uncached.repo.cleanup()]);
  }
}

const step = fc.array(anyEdit, { minLength: 1, maxLength: 2 });

it('ends with the same tree and the same results as without a cache, whatever was edited', async () => {
  let hits = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 6 }), async (steps) => {
      hits += await compareRuns(steps);
    }),
    { numRuns: 2 },
  );
  expect(hits).toBeGreaterThan(0);
}, 60_000);

it('… when more is left by a failure, by links and empty folders of another state, and by hand', async () => {
  const hits = await compareRuns([
    [{ edit: 'remove', file: 'src/b' }],
    // It fails, and leaves an output that the state before does not have.
    [{ edit: 'write', file: 'src/b', content: 'bad' }],
    [{ edit: 'return', run: 1 }],
    // A link among the outputs, and `bundle` without an empty folder.
    [{ edit: 'link', file: 'src/b', target: 'a' }],
    [{ edit: 'return', run: 1 }],
    [{ edit: 'return', run: 0 }],
    // What was edited is no output of the state that comes back.
    [
      { edit: 'damage', output: 'dist/b' },
      { edit: 'return', run: 1 },
    ],
  ]);
  expect(hits).toBeGreaterThan(0);
});
