import { expect, test } from 'vitest';
import { VERSION } from '../../../src/version.ts';
import { runMain } from '../runMain.ts';

test('as JSON', async () => {
  const { code, stdout } = await runMain(['self-check', '--format', 'json']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    status: 'ok',
    name: 'codex-orchestrator',
    version: VERSION,
    node: process.version,
    timestamp: '2026-11-22T12:46:41.046Z',
  });
});

test('as text', async () => {
  const { stdout } = await runMain(['self-check']);
  expect(stdout).toBe(`codex-orchestrator ${VERSION} works on Node ${process.version}.\n`);
});
