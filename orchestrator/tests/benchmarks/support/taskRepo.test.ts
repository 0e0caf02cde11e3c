import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cachedTasks, taskRepo } from '../../../benchmarks/support/taskRepo.ts';
import { orchestrator } from '../../../benchmarks/support/taskRunners/orchestrator.ts';
import type { TaskRunner } from '../../../benchmarks/support/taskRunners/taskRunner.ts';
import { cliPath } from '../../support/runCli.ts';

const signal = new AbortController().signal;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'codex-bench-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('tells our second run of the same tasks, which is all hits, from the first', async () => {
  const runner = orchestrator({ cli: cliPath() });
  const repo = await taskRepo({ folder, signal }, runner, cachedTasks(2), {
    inputs: { files: 3, folders: 2 },
  });
  await repo.run({ spared: 0 });
  expect(await readFile(path.join(repo.root, 'made/stage-2.txt'), 'utf8')).toBe('stage-2\n');
  expect(await readFile(path.join(repo.root, 'inputs/stage-2/folder-0/file-2.txt'), 'utf8')).toMatch(
    /^line 2 of stage-2\n/,
  );
  expect(await repo.run({ spared: 2 })).toBeGreaterThan(0);
});

it('takes no time of a run that came from the cache in part, or that failed', async () => {
  const shell = (command: string): TaskRunner => ({
    name: 'sh',
    files: () => ({ 'run.sh': command }),
    call: () => ({ file: 'sh', args: ['run.sh'] }),
    spared: () => Promise.resolve(1),
  });
  const partly = await taskRepo({ folder, signal }, shell('echo one of two'), cachedTasks(2));
  await expect(partly.run({ spared: 2 })).rejects.toThrow(
    'sh took 1 of 2 tasks from its cache, not 2:\none of two\n',
  );
  const failing = await taskRepo({ folder, signal }, shell('echo no; exit 3'), cachedTasks(1));
  await expect(failing.run({ spared: 1 })).rejects.toThrow('sh ended with exit code 3:\nno');
});
