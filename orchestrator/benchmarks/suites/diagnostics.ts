import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Suite, SuiteContext } from '../suite.ts';
import { cacheResults } from '../support/cacheResults.ts';
import { checkoutCopy } from '../support/checkoutCopy.ts';
import { GIT_ENVIRONMENT } from '../support/gitRepo.ts';
import { contender, interleave, timeRow } from '../support/interleave.ts';
import { outcome, runProcess } from '../support/processTiming.ts';
import { requireFreeSpace } from '../support/requireFreeSpace.ts';
import { TASK } from '../support/scratchRepo.ts';

const PIPELINE = 'diagnostics';
/** Packages of the checkout, mostly those of the end-to-end tests. */
const DISK_BYTES = 2e9;

/**
 * The diagnostics of this repository, as committed: one stage after another, as the graph that they are with a cache
 * that is empty, and once more with nothing changed. The round that does not count takes minutes too, but without it
 * what runs first would read all files from the disk.
 */
export const diagnostics: Suite = {
  name: 'diagnostics',
  title: 'diagnostics of this repository: one after another, as a graph, and with nothing changed',
  runs: 1,
  async measure(context) {
    await requireFreeSpace(context.folder, DISK_BYTES);
    const checkout = await checkoutCopy(context);
    const cache = path.join(context.folder, 'cache');
    const run = (options: DiagnosticsRun) => runDiagnostics(context, checkout.root, options);
    const serial = contender('one after another, no cache', () =>
      run({ args: ['--concurrency', '1', '--no-cache'], cache }),
    );
    const cold = contender('graph, empty cache', async () => {
      await rm(cache, { recursive: true, force: true });
      return run({ args: [], cache, expected: 'miss' });
    });
    const warm = contender('graph, nothing changed since', () => run({ args: [], cache, expected: 'hit' }));
    await interleave([serial, cold, warm], context.runs);
    await checkout.remove();
    return [
      timeRow(serial),
      timeRow(cold, { reference: serial, goal: { of: 'ratio', is: 'at most', limit: 0.8 } }),
      timeRow(warm, { reference: cold, goal: { of: 'ratio', is: 'at most', limit: 0.05 } }),
    ];
  },
};

interface DiagnosticsRun {
  args: string[];
  /** Folder of the cache. */
  cache: string;
  /** What the cache has to do for every stage that has one; absent for a run without it. */
  expected?: 'hit' | 'miss';
}

/** Resolves with the wall time in ms. @throws Error when it fails, or when the cache did something else. */
async function runDiagnostics(
  { programs, signal }: SuiteContext,
  cwd: string,
  { args, cache, expected }: DiagnosticsRun,
): Promise<number> {
  const result = await runProcess({
    file: process.execPath,
    args: [programs.cli, 'start', PIPELINE, '--task', TASK, ...args],
    cwd,
    env: { ...GIT_ENVIRONMENT, CODEX_ORCHESTRATOR_CACHE_DIR: cache },
    signal,
  });
  if (result.code !== 0) throw new Error(`${PIPELINE} ${outcome(result)}`);
  if (expected !== undefined) {
    const results = Object.entries(await cacheResults(result.outputTail, cwd));
    if (results.length === 0) throw new Error(`No stage of ${PIPELINE} has a cache.`);
    const others = results.filter(([, what]) => what !== expected);
    if (others.length > 0) {
      throw new Error(
        `Not a ${expected}: ${others.map(([id, what]) => `${id} (${what})`).join(', ')}\n${result.outputTail}`,
      );
    }
  }
  return result.ms;
}
