import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { joinBashWords } from '../../src/cli/completion/bashWords.ts';
import { cliPath } from '../support/runCli.ts';
import { runMain } from './runMain.ts';

const RUNS = ['2026-11-22T12-46-41-046Z-423084bd', '2026-11-21T12-46-41-046Z-00000001'];

let repo = '';

beforeAll(async () => {
  repo = await mkdtemp(path.join(tmpdir(), 'completion-'));
  const stages = ['build', 'test:unit'].map((id) => ({
    kind: 'command',
    id,
    title: `Title of ${id}`,
    command: 'true',
  }));
  const pipelines = ['diagnostics', 'docs'].map((id) => ({ id, title: `Title of ${id}`, stages }));
  await writeFile(path.join(repo, 'codex.orchestrator.json'), JSON.stringify({ pipelines }));
  for (const runId of RUNS) {
    const folder = path.join(repo, '.runs/0101/cli', runId);
    await mkdir(folder, { recursive: true });
    const commands = [{ id: `stage-of-${runId.slice(-8)}`, status: 'failed' }];
    await writeFile(path.join(folder, 'manifest.json'), JSON.stringify({ commands }));
  }
});
afterAll(() => rm(repo, { recursive: true, force: true }));

/** Values offered for a command line whose last word is being typed. */
async function offered(...words: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await runMain(['__complete', 'zsh', ...words], { cwd: repo });
  expect([code, stderr]).toEqual([0, '']);
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split('\t')[0] ?? '');
}

test.each<[string[], string[]]>([
  [['st'], ['start', 'status']],
  [['__'], []],
  [['--v'], ['--version']],
  [['nonsense', ''], []],
  [['help', 'pl'], ['plan']],
  [['help', 'rl'], ['rlm']],
  [['help', 'rlm', ''], ['restore']],
  [['rl'], ['rlm']],
  [['rlm', 'res'], ['restore']],
  [['rlm', 'restore', '--it'], ['--iteration']],
  [['rlm', 'restore', '--run', ''], RUNS],
  [['rlm', 'the', 'res'], []],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
  [
    ['start', ''],
    ['diagnostics', 'docs', 'rlm'],
  ],
  [['start', '--verbose', 'di'], ['diagnostics']],
  [
    ['start', '--f'],
    ['--format', '--force'],
  ],
  [
    ['start', '--no'],
    ['--no-interactive', '--no-cache'],
  ],
  [['start', '--task', '1', '--tas'], []],
  [
    ['start', '--format', ''],
    ['text', 'json'],
  ],
  [['start', '--format=j'], ['--format=json']],
  [
    ['start', 'docs', '--target', ''],
    ['build', 'test:unit'],
  ],
  [['start', 'rlm', '--target', ''], ['rlm-runner']],
  [['start', '--task', ''], ['0101']],
  [['start', '--', '--f'], []],
  [['resume', ''], RUNS],
  [['resume', '--run', '2026-11-21'], [RUNS[1] ?? '']],
  [['logs', ''], RUNS],
  [['logs', RUNS[1] ?? '', ''], ['stage-of-00000001']],
  [['logs', '--run', RUNS[1] ?? '', ''], ['stage-of-00000001']],
  [['logs', '--stage', ''], ['stage-of-423084bd']],
  [
    ['logs', '--stream', 's'],
    ['stdout', 'stderr'],
  ],
  [['exec', '--no'], ['--notify']],
  [['exec', '--notify', 'x', '--no'], ['--notify']],
  [['exec', 'npm', '--no'], []],
  [['exec', ''], []],
])('%j offers %j', async (words, expected) => {
  expect(await offered(...words)).toEqual(expected);
});

test('candidates come with a description', async () => {
  const { stdout } = await runMain(['__complete', 'fish', 'start', 'do'], { cwd: repo });
  expect(stdout).toBe('docs\tTitle of docs\n');
});

test('a folder where nothing works offers nothing and does not fail', async () => {
  for (const words of [
    ['start', ''],
    ['logs', ''],
    ['logs', '--stage', ''],
    ['start', '--target', ''],
  ]) {
    const result = await runMain(['__complete', 'bash', ...words], {
      cwd: '/nowhere',
      env: { MCP_RUNNER_TASK_ID: '..' },
    });
    expect(result).toEqual({ code: 0, stdout: '', stderr: '' });
  }
});

test.each([
  [['start', '--format', '=', 'j'], ['start', '--format=j'], '--format='],
  [['start', '--format', '='], ['start', '--format='], '--format='],
  [['logs', 'R', 'test', ':', 'u'], ['logs', 'R', 'test:u'], 'test:'],
  [['start', 'do'], ['start', 'do'], ''],
  [[''], [''], ''],
])('bash words %j are %j', (words, joined, kept) => {
  expect(joinBashWords(words)).toEqual({ words: joined, kept });
});

const run = promisify(execFile);

/** What bash itself would insert for a line, with the real script and the real command line. */
async function bash(...words: string[]): Promise<string[]> {
  const script = `
    codex-orchestrator() { "$NODE" "$CLI" "$@"; }
    eval "$(codex-orchestrator completion bash)"
    COMP_WORDS=(codex-orchestrator "$@")
    COMP_CWORD=$#
    _codex_orchestrator
    for reply in "\${COMPREPLY[@]}"; do printf '%s\\n' "$reply"; done
    complete -p codex-orch >&2`;
  const { stdout } = await run('bash', ['-c', script, 'bash', ...words], {
    cwd: repo,
    env: { ...process.env, NODE: process.execPath, CLI: cliPath() },
  });
  return stdout.split('\n').slice(0, -1);
}

test.each<[string[], string[]]>([
  [['st'], ['start', 'status']],
  [['start', '--format', '=', 'j'], ['json']],
  [['start', '--target', 'test', ':', ''], ['unit']],
  [['start', '--target', 'te'], ['test:unit']],
  [['resume', '2026-11-21'], [RUNS[1] ?? '']],
])('bash completes %j to %j', async (words, expected) => {
  expect(await bash(...words)).toEqual(expected);
});

test.each(['bash', 'zsh', 'fish'])('the script for %s asks the program that was typed', async (shell) => {
  const { code, stdout } = await runMain(['completion', shell]);
  expect(code).toBe(0);
  expect(stdout).toContain(`__complete ${shell} `);
  for (const program of ['codex-orchestrator', 'codex-orch']) expect(stdout).toContain(program);
});
