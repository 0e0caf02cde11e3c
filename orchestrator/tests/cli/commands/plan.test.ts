import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runMain } from '../runMain.ts';

let repo = '';

beforeEach(async () => {
  repo = await mkdtemp(path.join(tmpdir(), 'plan-'));
  const pipelines = [
    {
      id: 'diagnostics',
      title: 'Diagnostics',
      description: 'All checks',
      stages: [
        { kind: 'subpipeline', id: 'docs', title: 'Check docs', pipeline: 'simple', optional: true },
        {
          kind: 'command',
          id: 'test',
          title: 'Test',
          command: 'npm test',
          cwd: 'sub',
          env: { A: '1' },
          allowFailure: true,
          retries: 2,
          timeoutSeconds: 60,
          summaryHint: 'tests',
        },
      ],
    },
    { id: 'simple', title: 'Simple', stages: [{ kind: 'command', id: 'a', title: 'A', command: 'true' }] },
  ];
  await writeFile(path.join(repo, 'codex.orchestrator.json'), JSON.stringify({ pipelines }));
});
afterEach(() => rm(repo, { recursive: true, force: true }));

test('text for people', async () => {
  const { code, stdout, stderr } = await runMain(['plan', '--target', 'TEST'], { cwd: repo });
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toBe(
    [
      'Pipeline: diagnostics — Diagnostics [user]',
      '  All checks',
      '  from: codex.orchestrator.json',
      'Stages:',
      '  1. [subpipeline] Check docs (docs)',
      '     pipeline: simple',
      '     optional: yes',
      '  2. [command] Test (test)',
      '     command: npm test',
      '     cwd: sub',
      '     env: A=1',
      '     allow failure: yes',
      '     timeout: 60 s',
      '     retries: 2',
      '     summary: tests',
      '     target: yes',
      '',
    ].join('\n'),
  );
});

test('one JSON document in the shape that other tools read', async () => {
  const { code, stdout } = await runMain(['plan', '--format', 'json'], { cwd: repo });
  expect(code).toBe(0);
  const plan: unknown = JSON.parse(stdout);
  expect(plan).toMatchObject({
    pipeline: { id: 'diagnostics', title: 'Diagnostics', description: 'All checks', source: 'user' },
    stages: [
      { index: 1, id: 'docs', title: 'Check docs', kind: 'subpipeline', pipeline: 'simple', optional: true },
      {
        index: 2,
        id: 'test',
        title: 'Test',
        kind: 'command',
        command: 'npm test',
        cwd: 'sub',
        env: { A: '1' },
        allowFailure: true,
        summaryHint: 'tests',
      },
    ],
    plan: { items: [{ id: 'diagnostics:docs' }, { id: 'diagnostics:test' }], notes: 'All checks' },
    targetId: 'diagnostics:docs',
  });
});

test('null stands for what a stage does not have', async () => {
  const { stdout } = await runMain(['plan', 'simple', '--format', 'json'], { cwd: repo });
  expect(JSON.parse(stdout)).toMatchObject({
    pipeline: { description: null },
    stages: [{ cwd: null, env: null, allowFailure: false, summaryHint: null }],
  });
});

test('what was detected comes with its reason', async () => {
  await rm(path.join(repo, 'codex.orchestrator.json'));
  const scripts = { test: 'vitest' };
  await writeFile(path.join(repo, 'package.json'), JSON.stringify({ name: 'x', scripts }));
  const { stdout } = await runMain(['plan'], { cwd: repo });
  expect(stdout).toContain('Pipeline: diagnostics — Diagnostics [default]\n');
  expect(stdout).toContain('  from: detected in this repository (no codex.orchestrator.json)\n');
  expect(stdout).toMatch(
    /\n {2}1\. \[command\] Test \(test\)\n {5}command: npm .*\n {5}target: yes\n {5}why: package\.json script "test"/,
  );
});

test.each([
  ['with a file', false],
  ['where all else is detected', true],
])('the shipped pipeline, %s', async (_, isDetected) => {
  if (isDetected) {
    await rm(path.join(repo, 'codex.orchestrator.json'));
    const scripts = { test: 'vitest', build: 'echo "Error: no test specified" && exit 1' };
    await writeFile(path.join(repo, 'package.json'), JSON.stringify({ name: 'x', scripts }));
  }
  expect(await runMain(['plan', 'rlm'], { cwd: repo })).toEqual({
    code: 0,
    stdout: [
      'Pipeline: rlm — RLM Loop [default]',
      '  An agent works until the validator passes, within a budget.',
      '  from: shipped with codex-orchestrator',
      'Stages:',
      '  1. [command] RLM loop (rlm-runner)',
      '     command: codex-orchestrator rlm',
      '     target: yes',
      '',
    ].join('\n'),
    stderr: '',
  });
  const { stdout } = await runMain(['plan', 'rlm', '--format', 'json'], { cwd: repo });
  expect(JSON.parse(stdout)).toMatchObject({ pipeline: { id: 'rlm', source: 'default' }, config_file: null });
});

test('an unknown pipeline names the nearest', async () => {
  expect(await runMain(['plan', 'simpel'], { cwd: repo })).toEqual({
    code: 66,
    stdout: '',
    stderr:
      'error: No pipeline "simpel" in codex.orchestrator.json. Did you mean "simple"?\n' +
      'Pipelines: diagnostics, simple, rlm\n',
  });
});
