import { expect, test } from 'vitest';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { resolveEnvironment } from '../../src/cli/environment.ts';
import { FailureError } from '../../src/failure.ts';
import { tempRepo } from '../config/tempRepo.ts';

test('everything has a default', () => {
  expect(resolveEnvironment({ env: {}, cwd: '/repo' })).toEqual({
    repoRoot: '/repo',
    runsRoot: '/repo/.runs',
    outRoot: '/repo/out',
    taskId: '0101',
  });
});

test('a relative root counts from the current folder, the other folders from the root', async () => {
  const cwd = await tempRepo();
  await mkdir(path.join(cwd, 'sub'));
  const env = {
    CODEX_ORCHESTRATOR_ROOT: 'sub',
    CODEX_ORCHESTRATOR_RUNS_DIR: 'my-runs',
    CODEX_ORCHESTRATOR_OUT_DIR: '../my-out',
    MCP_RUNNER_TASK_ID: 'task-xyz',
  };
  expect(resolveEnvironment({ env, cwd })).toEqual({
    repoRoot: `${cwd}/sub`,
    runsRoot: `${cwd}/sub/my-runs`,
    outRoot: `${cwd}/my-out`,
    taskId: 'task-xyz',
  });
});

test('absolute folders are used as they are, empty ones as if they were not set', async () => {
  const other = await tempRepo();
  const env = {
    CODEX_ORCHESTRATOR_ROOT: other,
    CODEX_ORCHESTRATOR_RUNS_DIR: '/runs',
    CODEX_ORCHESTRATOR_OUT_DIR: '',
  };
  expect(resolveEnvironment({ env, cwd: '/repo' })).toMatchObject({
    repoRoot: other,
    runsRoot: '/runs',
    outRoot: `${other}/out`,
  });
  expect(resolveEnvironment({ env: { CODEX_ORCHESTRATOR_ROOT: '' }, cwd: '/repo' }).repoRoot).toBe('/repo');
});

test('a root that is no folder is refused, except by those who look at it themselves', async () => {
  const cwd = await tempRepo();
  await writeFile(path.join(cwd, 'file'), '');
  for (const name of ['nope', 'file']) {
    const input = { env: { CODEX_ORCHESTRATOR_ROOT: name }, cwd };
    expect(catchFailure(() => resolveEnvironment(input))).toEqual({
      kind: 'usage',
      message: `CODEX_ORCHESTRATOR_ROOT names ${cwd}/${name}, which is no folder`,
    });
    expect(resolveEnvironment({ ...input, rootMayBeMissing: true }).repoRoot).toBe(`${cwd}/${name}`);
  }
});

test('the flag comes before the variable', () => {
  const env = { MCP_RUNNER_TASK_ID: '..' };
  expect(resolveEnvironment({ task: '0042', env, cwd: '/repo' }).taskId).toBe('0042');
});

test.each([
  ['a flag', { task: 'a/b', env: {} }, { value: 'a/b' }],
  ['an empty flag', { task: '', env: {} }, { value: '' }],
  ['a variable', { env: { MCP_RUNNER_TASK_ID: '..' } }, { value: '..', source: 'MCP_RUNNER_TASK_ID' }],
  ['an empty variable', { env: { MCP_RUNNER_TASK_ID: '' } }, { value: '', source: 'MCP_RUNNER_TASK_ID' }],
])('%s with an invalid id is refused', (_name, input, facts) => {
  const failure = catchFailure(() => resolveEnvironment({ ...input, cwd: '/repo' }));
  expect(failure).toMatchObject({ kind: 'invalid-id', subject: 'task ID', ...facts });
});

function catchFailure(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error instanceof FailureError ? error.failure : error;
  }
}
