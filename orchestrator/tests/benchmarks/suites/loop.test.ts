import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SuiteContext } from '../../../benchmarks/suite.ts';
import { differences, measureIterations } from '../../../benchmarks/suites/loop/iterations.ts';
import { measureOutput, OUTPUTS } from '../../../benchmarks/suites/loop/output.ts';
import { measureStartUp } from '../../../benchmarks/suites/loop/startUp.ts';
import { buildPrograms } from '../../../benchmarks/support/buildPrograms.ts';

const ONE_OF_EACH = OUTPUTS.filter(({ name }) =>
  ['events of an agent (yes)', 'text of an agent (Node)', 'a failing validator (Node)'].includes(name),
);

/** Everything as small as can be: it is told what can be measured, not how fast it is. */
describe('the suite of the loop', () => {
  let root: string;
  let context: SuiteContext;
  beforeAll(async () => {
    root = await mkdtemp(path.join(os.tmpdir(), 'codex-bench-test-'));
    const programs = await buildPrograms(root);
    const folder = await mkdtemp(path.join(root, 'loop-'));
    context = { programs, folder, runs: 1, bytes: 200_000, signal: new AbortController().signal };
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  it('compares the start of a loop to that of Node', async () => {
    const [node, rlm] = await measureStartUp(context);
    expect(node?.work).toBe('node -e 0');
    expect(rlm?.samples).toHaveLength(1);
    expect(rlm?.versus?.ratios[0]).toBeGreaterThan(1);
  });

  it('takes an iteration apart', async () => {
    const rows = await measureIterations(context, { kind: 'git', iterations: 1 });
    const [whole, bare, , loop] = rows.map(({ samples }) => samples[0] ?? Number.NaN);
    expect(rows.map(({ work }) => work)).toEqual([
      'git: one iteration',
      'git: agent and validator of it, started bare',
      'git: agent and validator of it, as state.json tells',
      'git: the loop itself, beyond those started bare',
    ]);
    expect(bare).toBeGreaterThan(0);
    expect(loop).toBeCloseTo((whole ?? Number.NaN) - (bare ?? Number.NaN));
  });

  it.each(ONE_OF_EACH)('finds all of $name in the log of the loop', async (output) => {
    const [piped, loop, memory] = await measureOutput(context, output);
    expect(piped?.samples).toHaveLength(1);
    expect(loop?.versus?.reference).toBe('cat > file');
    expect(memory?.samples[0]).toBeGreaterThan(20);
  });

  it('leaves nothing of a loop behind that was measured', async () => {
    expect((await readdir(context.folder)).filter((name) => name !== 'bin')).toEqual([]);
  });
});

it('subtracts what was measured in the same round', () => {
  expect(differences([10, 20], [1, 5])).toEqual([9, 15]);
  expect(differences([10, 20], [1])).toEqual([9, Number.NaN]);
});
