import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Check } from '../../../src/cli/doctor/check.ts';
import { firstProgram } from '../../../src/cli/doctor/configChecks.ts';
import { checkNode } from '../../../src/cli/doctor/machineChecks.ts';
import { currentProcess } from '../../../src/storage/processIdentity.ts';
import { runMain } from '../runMain.ts';

let repo = '';

beforeEach(async () => {
  repo = await mkdtemp(path.join(tmpdir(), 'doctor-'));
  await mkdir(path.join(repo, '.git'));
  await configure('true');
});
afterEach(() => rm(repo, { recursive: true, force: true }));

async function configure(command: string): Promise<void> {
  const stages = [{ kind: 'command', id: 'build', title: 'Build', command }];
  const config = { pipelines: [{ id: 'diagnostics', title: 'D', stages }] };
  await writeFile(path.join(repo, 'codex.orchestrator.json'), JSON.stringify(config));
}

async function doctor(env: NodeJS.ProcessEnv = {}): Promise<{ code: number; checks: Map<string, Check> }> {
  const { code, stdout } = await runMain(['doctor', '--format', 'json'], { cwd: repo, env });
  const report: unknown = JSON.parse(stdout);
  expect(report).toMatchObject({ status: code === 0 ? 'ok' : 'fail' });
  return { code, checks: new Map(checksIn(report).map((check) => [check.name, check])) };
}

function checksIn(report: unknown): Check[] {
  if (typeof report !== 'object' || report === null || !('checks' in report)) return [];
  return Array.isArray(report.checks) ? report.checks.filter(isCheck) : [];
}

function isCheck(value: unknown): value is Check {
  return (
    typeof value === 'object' && value !== null && 'name' in value && 'status' in value && 'detail' in value
  );
}

test('a sound repository', async () => {
  const { code, checks } = await doctor();
  expect(code).toBe(0);
  expect([...checks.keys()]).toEqual([
    'node',
    'git',
    'repository',
    'runs folder',
    'out folder',
    'disk',
    'configuration',
    'programs',
    'dead runs',
    'dead locks',
  ]);
  expect(checks.get('configuration')).toEqual({
    name: 'configuration',
    status: 'ok',
    detail: 'codex.orchestrator.json: 1 pipeline',
  });
  expect(checks.get('dead runs')?.detail).toBe('none among 0 runs');
});

test('for people every check is a line', async () => {
  const { code, stdout } = await runMain(['doctor'], { cwd: repo });
  expect(code).toBe(0);
  expect(stdout).toContain(`ok    node           Node ${process.version}\n`);
  expect(stdout).toMatch(/\nRuns can work here\.\n$/);
});

test('an invalid configuration fails', async () => {
  await writeFile(path.join(repo, 'codex.orchestrator.json'), '{ "pipelines": [');
  const { code, checks } = await doctor();
  expect(code).toBe(1);
  expect(checks.get('configuration')).toMatchObject({
    status: 'fail',
    detail: 'codex.orchestrator.json is invalid',
  });
  expect(checks.get('configuration')?.advice).toContain('codex.orchestrator.json:1:');
  const { stdout } = await runMain(['doctor'], { cwd: repo });
  expect(stdout).toMatch(/\nRuns cannot work here: 1 of 9 checks failed\.\n$/);
});

test('nothing to run fails', async () => {
  await rm(path.join(repo, 'codex.orchestrator.json'));
  const { code, checks } = await doctor();
  expect(code).toBe(1);
  expect(checks.get('configuration')?.detail).toBe(`Found nothing to run in ${repo}`);
});

test('a program that is not there is only a warning', async () => {
  await configure('no-such-program-here --flag');
  const { code, checks } = await doctor();
  expect(code).toBe(0);
  expect(checks.get('programs')).toMatchObject({
    status: 'warn',
    detail: 'not found: no-such-program-here (build)',
  });
});

test('a file in the place of the runs folder fails', async () => {
  await writeFile(path.join(repo, '.runs'), '');
  const { code, checks } = await doctor();
  expect(code).toBe(1);
  expect(checks.get('runs folder')).toEqual({
    name: 'runs folder',
    status: 'fail',
    detail: `${repo}/.runs is a file, not a folder`,
    advice: 'Change its permissions, or choose another place with CODEX_ORCHESTRATOR_RUNS_DIR.',
  });
});

test.skipIf(process.getuid?.() === 0)('a folder without permission fails', async () => {
  await mkdir(path.join(repo, 'out'));
  await chmod(path.join(repo, 'out'), 0o500);
  expect((await doctor()).checks.get('out folder')?.status).toBe('fail');
});

test('a root that is no folder fails', async () => {
  const { code, checks } = await doctor({
    CODEX_ORCHESTRATOR_ROOT: path.join(repo, 'codex.orchestrator.json'),
  });
  expect(code).toBe(1);
  expect(checks.get('repository')?.status).toBe('fail');
});

test('a run whose process died is named, one that is worked on is not', async () => {
  const dead = '2026-11-22T12-46-41-046Z-00000001';
  const live = '2026-11-22T12-46-41-046Z-00000002';
  const owner = {
    ...currentProcess(),
    token: 'token-of-a-test',
    acquired_at: new Date().toISOString(),
    purpose: 'run',
  };
  const ended = { ...owner, pid: spawnSync(process.execPath, ['-e', '']).pid };
  for (const [runId, content] of [
    [dead, ended],
    [live, owner],
  ] as const) {
    const folder = path.join(repo, '.runs/0101/cli', runId);
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, 'manifest.json'), '{}');
    await writeFile(path.join(folder, '.owner.lock'), JSON.stringify(content));
  }
  await writeFile(path.join(repo, '.runs/0101/metrics.lock'), JSON.stringify(ended));
  const { code, checks } = await doctor();
  expect(code).toBe(0);
  expect(checks.get('dead runs')).toMatchObject({
    status: 'warn',
    detail: `1 run whose process died: ${dead}`,
  });
  expect(checks.get('dead locks')).toMatchObject({
    status: 'warn',
    detail: `${repo}/.runs/0101/metrics.lock`,
  });
});

test.each([
  ['v20.19.0', 'ok'],
  ['v20.18.9', 'fail'],
  ['v22.1.0', 'ok'],
  ['v18.20.0', 'fail'],
])('Node %s: %s', (version, status) => {
  expect(checkNode(version).status).toBe(status);
});

test.each([
  ['npm run build', 'npm'],
  ['CI=1 NODE_ENV=test ./bin/tool x', './bin/tool'],
  ['cd sub && make', null],
  ['if true; then x; fi', null],
  ['(a; b)', null],
  ['"quoted program" x', null],
  ['$TOOL x', null],
  ['', null],
])('%j begins with %s', (command, program) => {
  expect(firstProgram(command)).toBe(program);
});
