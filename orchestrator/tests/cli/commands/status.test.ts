import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Manifest } from '../../../src/run/manifestTypes.ts';
import { identifyProcess } from '../../../src/storage/processIdentity.ts';
import {
  deadOwner,
  liveOwner,
  removeRepo,
  RUN_ID,
  storeRun,
  tempRepo,
  type StoredRun,
  type StoredRunFacts,
} from '../../run/storedRun.ts';
import { eventually } from '../../support/eventually.ts';
import { runCli, startCli } from '../../support/runCli.ts';
import { runOnTerminal } from '../runOnTerminal.ts';

let repo: string;
let child: ChildProcess | null = null;

beforeEach(async () => {
  repo = await tempRepo();
});
afterEach(async () => {
  child?.kill('SIGKILL');
  child = null;
  await removeRepo(repo);
});

describe('status', () => {
  it('says in words that the owner is gone, with the next step', async () => {
    const owner = deadOwner();
    await (await storeRun(repo, UNDER_WAY)).ownedBy(owner);
    const { code, stdout, stderr } = await runCli(['status'], { cwd: repo });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const place = `process ${owner.pid} on ${hostname()}`;
    expect(stdout).toContain(`  Status:    in_progress, its owner is gone (${place})\n`);
    expect(stdout).toContain('  ✗ test   interrupted\n');
    expect(stdout.endsWith(`\nNext: codex-orchestrator resume --run ${RUN_ID}\n`)).toBe(true);
  });

  it('says who works on a live run', async () => {
    await (await storeRun(repo, UNDER_WAY)).ownedBy(liveOwner());
    const { stdout } = await runCli(['status'], { cwd: repo });
    expect(stdout).toContain(`Status:    in_progress, running in process ${process.pid} on ${hostname()}\n`);
    expect(stdout).toContain('▸ test   running');
    expect(stdout).not.toContain('resume');
  });

  it('sees what the journal knows and the manifest does not yet', async () => {
    const run = await storeRun(repo, UNDER_WAY);
    await run.ownedBy(liveOwner());
    const stamp = { timestamp: '2026-03-01T10:00:05.000Z' };
    const journal = [
      { type: 'run:begin', run_id: RUN_ID, pipeline_id: 'diagnostics', stages: ['build', 'test'], index: 0 },
      { type: 'run:end', status: 'succeeded', status_detail: null, summary: null, index: 0 },
    ];
    const lines = journal.map((event) => `${JSON.stringify({ ...event, ...stamp })}\n`);
    await writeFile(run.paths.journalPath, lines.join(''));
    const { stdout } = await runCli(['status'], { cwd: repo });
    expect(stdout).toContain('Status:    succeeded\n');
  });

  it('finds a run in any task, unless a task is asked for', async () => {
    await storeRun(repo, { taskId: 'other', manifest: { status: 'succeeded' } });
    const anywhere = await runCli(['status', '--run', RUN_ID], { cwd: repo });
    expect(anywhere).toMatchObject({ code: 0, stderr: '' });
    expect(anywhere.stdout).toContain('  Task:      other\n');
    const elsewhere = await runCli(['status', '--run', RUN_ID, '--task', '0101'], { cwd: repo });
    expect(elsewhere).toMatchObject({ code: 66, stdout: '' });
    expect(elsewhere.stderr).toContain(`error: No run "${RUN_ID}" of task "0101" in ${repo}/.runs.\n`);
  });

  it('takes the newest run without an id, of the given task with one', async () => {
    await storeRun(repo, { taskId: 'a', runId: '2026-03-02T10-00-00-000Z-0000000a' });
    await storeRun(repo, { taskId: 'b', runId: '2026-03-03T10-00-00-000Z-0000000b' });
    const newest = await runCli(['status'], { cwd: repo });
    expect(newest.stdout).toContain('Run 2026-03-03T10-00-00-000Z-0000000b\n');
    const ofTask = await runCli(['status', '--task', 'a'], { cwd: repo });
    expect(ofTask.stdout).toContain('Run 2026-03-02T10-00-00-000Z-0000000a\n');
  });

  it('prints one JSON document with the signs of life', async () => {
    await (await storeRun(repo, UNDER_WAY)).ownedBy(liveOwner());
    const { stdout, stderr } = await runCli(['status', '--format', 'json'], { cwd: repo });
    expect(stderr).toBe('');
    const place = `.runs/0101/cli/${RUN_ID}`;
    expect(JSON.parse(stdout)).toEqual({
      run_id: RUN_ID,
      status: 'in_progress',
      status_detail: null,
      started_at: '2026-03-01T10:00:00.000Z',
      completed_at: null,
      manifest: `${place}/manifest.json`,
      artifact_root: place,
      log_path: `${place}/runner.ndjson`,
      heartbeat_at: '2026-03-01T10:00:00.000Z',
      commands: [expect.objectContaining({ id: 'build' }), expect.objectContaining({ id: 'test' })],
      child_runs: [],
      task_id: '0101',
      pipeline_id: 'diagnostics',
      liveness: { state: 'live', detail: `running in process ${process.pid} on ${hostname()}` },
      loop: null,
    });
  });

  it('reports a damaged manifest and changes nothing on disk', async () => {
    const run = await storeRun(repo, UNDER_WAY);
    await writeFile(run.paths.manifestPath, '{"run_id":');
    const before = await filesOf(repo);
    const { code, stdout, stderr } = await runCli(['status'], { cwd: repo });
    expect({ code, stdout }).toEqual({ code: 65, stdout: '' });
    expect(stderr).toContain(`error: Cannot read ${run.paths.manifestPath}: it is damaged (`);
    expect(await filesOf(repo)).toEqual(before);
  });
});

describe('status of a loop', () => {
  it('shows how it stands after the stages', async () => {
    const run = await storeRun(repo, UNDER_WAY);
    await storeLoop(run, JSON.stringify(loopAt(1)));
    const { code, stdout, stderr } = await runCli(['status'], { cwd: repo });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(
      [
        '  ✗ test   interrupted',
        '',
        'Loop',
        '  Goal:       make the tests pass',
        '  Iteration:  1 of 88',
        '  Validator:  npm test, exit code 1 in iteration 1',
        '',
        'Next: ',
      ].join('\n'),
    );
  });

  it('shows the rest of a run whose loop left a torn state, and changes nothing on disk', async () => {
    const run = await storeRun(repo, UNDER_WAY);
    await storeLoop(run, '{"goal": "make');
    const before = await filesOf(repo);
    const { code, stdout, stderr } = await runCli(['status'], { cwd: repo });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/\n\nLoop\n {2}rlm\/state\.json is damaged: .*JSON.*\n\nNext: /);
    expect(await filesOf(repo)).toEqual(before);
  });

  it('tells with --watch of every iteration', async () => {
    const run = await storeRun(repo, UNDER_WAY);
    await run.ownedBy(liveOwner());
    await storeLoop(run, JSON.stringify(loopAt(1)));
    const cli = startCli(['status', '--watch', '--interval', '60'], { cwd: repo });
    await cli.waitForStdout(/^in_progress · 1 of 2 stages done · test running for .* · iteration 1 of 88\n/);
    await storeLoop(run, JSON.stringify(loopAt(2)));
    await cli.waitForStdout(' · iteration 2 of 88\n');
    await run.update(end);
    expect((await cli.exited).stdout).toContain('  Iteration:  2 of 88\n');
  });

  it('follows it with --watch on a terminal', async () => {
    const run = await storeRun(repo, UNDER_WAY);
    await run.ownedBy(liveOwner());
    await storeLoop(run, JSON.stringify(loopAt(1)));
    const watch = ['status', '--watch', '--interval', '0.1'];
    const { terminal, exited } = runOnTerminal(watch, { cwd: repo, columns: 40, rows: 20 });
    await eventually(() => terminal.screen().includes('  Iteration:  1 of 88'));
    expect(terminal.screen()).toContain('  Validator:  npm test, exit code 1 in…');
    await storeLoop(run, JSON.stringify(loopAt(2)));
    await eventually(() => terminal.screen().includes('  Iteration:  2 of 88'));
    await run.update(end);
    expect(await exited).toBe(0);
    expect(terminal.screen().filter((line) => line === 'Loop')).toHaveLength(1);
  });
});

describe('status --watch', () => {
  it('prints a line for every change and the whole at the end', async () => {
    const run = await storeRun(repo, UNDER_WAY);
    await run.ownedBy(liveOwner());
    const cli = startCli(['status', '--watch', '--interval', '60'], { cwd: repo });
    await cli.waitForStdout(/^in_progress · 1 of 2 stages done · test running for /);
    await run.update((manifest) => void Object.assign(stageOf(manifest, 2), { status: 'succeeded' }));
    await cli.waitForStdout('\nin_progress · 2 of 2 stages done\n');
    await run.update(end);
    const { code, stdout } = await cli.exited;
    expect(code).toBe(0);
    const lines = stdout.split('\n');
    expect(lines.filter((line) => line.startsWith('in_progress'))).toHaveLength(2);
    expect(lines[2]).toBe(`Run ${RUN_ID}`);
    expect(stdout).toContain('  Status:    succeeded\n');
  });

  it('gives a sign of life at every interval when nothing changes', async () => {
    const run = await storeRun(repo, UNDER_WAY);
    await run.ownedBy(liveOwner());
    const cli = startCli(['status', '--watch', '--interval', '0.1'], { cwd: repo });
    await cli.waitForStdout(/(in_progress .*\n){3}/);
    await run.update(end);
    expect((await cli.exited).code).toBe(0);
  });

  it('ends when the owner dies, and says so', async () => {
    const run = await storeRun(repo, UNDER_WAY);
    child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    await run.ownedBy(identifyProcess(child.pid ?? 0));
    const cli = startCli(['status', '--watch'], { cwd: repo });
    await cli.waitForStdout('in_progress');
    child.kill('SIGKILL');
    const { code, stdout } = await cli.exited;
    expect(code).toBe(0);
    expect(stdout).toContain(`in_progress, its owner is gone (process ${child.pid} on ${hostname()})\n`);
  });

  it('prints exactly one JSON document, the last', async () => {
    const run = await storeRun(repo, UNDER_WAY);
    await run.ownedBy(liveOwner());
    const cli = startCli(['status', '--watch', '--format', 'json'], { cwd: repo });
    await run.update(end);
    const { stdout } = await cli.exited;
    expect(JSON.parse(stdout)).toMatchObject({ status: 'succeeded', liveness: { state: 'ended' } });
  });

  it('redraws in place on a terminal and leaves the last state', async () => {
    const run = await storeRun(repo, UNDER_WAY);
    await run.ownedBy(liveOwner());
    const { terminal, exited } = runOnTerminal(['status', '--watch', '--interval', '0.1'], {
      cwd: repo,
      columns: 60,
      rows: 20,
    });
    await eventually(() => terminal.screen().some((line) => line.includes('▸ test   running')));
    expect(terminal.screen().find((line) => line.includes('Manifest'))).toMatch(/…$/);
    await run.update((manifest) => {
      Object.assign(stageOf(manifest, 2), { status: 'succeeded' });
      end(manifest);
    });
    expect(await exited).toBe(0);
    const screen = terminal.screen();
    expect(screen.filter((line) => line.startsWith('Run '))).toEqual([`Run ${RUN_ID}`]);
    expect(screen.join('\n')).toContain('Status:    succeeded');
    expect(screen.join('\n')).not.toContain('running');
  });
});

const UNDER_WAY: StoredRunFacts = {
  stages: [
    { id: 'build', status: 'succeeded' },
    { id: 'test', status: 'running' },
  ],
};

/** The state of a loop with so many failed iterations, as any tool writes it. */
function loopAt(count: number): object {
  const startedAt = '2026-03-01T10:00:00.000Z';
  const iterations = Array.from({ length: count }, (_, offset) => ({
    n: offset + 1,
    startedAt,
    summary: null,
    validatorExitCode: 1,
    validatorLogPath: null,
    diffSummary: 'clean',
  }));
  const options = { validator: 'npm test', roles: 'single', maxIterations: 88, maxMinutes: 2880 };
  return { goal: 'make the tests pass', ...options, iterations };
}

async function storeLoop({ paths }: StoredRun, text: string): Promise<void> {
  const folder = path.join(paths.runDir, 'rlm');
  await mkdir(folder, { recursive: true });
  const draft = path.join(folder, 'state.json.draft');
  await writeFile(draft, text);
  await rename(draft, path.join(folder, 'state.json'));
}

function end(manifest: Manifest): void {
  manifest.status = 'succeeded';
  manifest.completed_at = '2026-03-01T10:00:09.000Z';
}

function stageOf(manifest: Manifest, index: number): Manifest['commands'][number] {
  const command = manifest.commands[index - 1];
  if (command === undefined) throw new Error(`no stage ${index}`);
  return command;
}

/** Every file below a folder with its content. */
async function filesOf(folder: string): Promise<[string, string][]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  return Promise.all(
    files.toSorted().map(async (file) => [file, await readFile(file, 'utf8')] as [string, string]),
  );
}
