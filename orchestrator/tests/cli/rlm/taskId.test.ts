import { expect, test } from 'vitest';
import { loopTaskId } from '../../../src/cli/rlm/taskId.ts';
import { validateTaskId } from '../../../src/run/ids.ts';

test.each([
  ['/src/my-app', 'rlm-my-app'],
  ['/src/My App_2.0', 'rlm-my-app-2-0'],
  ['/src/Größe', 'rlm-gro-e'],
  ['/src/Café', 'rlm-cafe'],
  ['/src/..hidden--', 'rlm-hidden'],
  ['/src/日本', 'rlm-adhoc'],
  ['/', 'rlm-adhoc'],
  [`/src/${'x'.repeat(79)} y`, `rlm-${'x'.repeat(79)}`],
])('in %s it is %s', (cwd, expected) => {
  const task = loopTaskId(undefined, {}, cwd);
  expect(task).toBe(expected);
  expect(validateTaskId(task ?? '')).toBe(expected);
});

test('the root counts, not the folder of the user', () => {
  expect(loopTaskId(undefined, { CODEX_ORCHESTRATOR_ROOT: '..' }, '/src/app/sub')).toBe('rlm-app');
});

test('a flag counts first, then the variable, which is read elsewhere', () => {
  const env = { MCP_RUNNER_TASK_ID: '0042' };
  expect(loopTaskId('0001', env, '/src/app')).toBe('0001');
  expect(loopTaskId(undefined, env, '/src/app')).toBeUndefined();
  expect(loopTaskId(undefined, { MCP_RUNNER_TASK_ID: '' }, '/src/app')).toBeUndefined();
});
