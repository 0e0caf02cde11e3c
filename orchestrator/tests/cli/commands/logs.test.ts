import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommandStatus } from '../../../src/run/manifestTypes.ts';
import { identifyProcess } from '../../../src/storage/processIdentity.ts';
import {
  chunk,
  liveOwner,
  rawChunk,
  removeRepo,
  RUN_ID,
  storeRun,
  tempRepo,
  type StoredRun,
  type StoredStage,
} from '../../run/storedRun.ts';
import { eventually } from '../../support/eventually.ts';
import { cliPath, runCli, startCli } from '../../support/runCli.ts';
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

describe('logs of one stage', () => {
  it('gives the exact bytes into a pipe, both streams in order', async () => {
    const odd = Buffer.from([0x00, 0xff, 0x1b, 0x5b, 0x32, 0x4a, 0x0d, 0x0a, 0x61]);
    const run = await ended({ id: 'build' });
    await run.log(1, chunk('é\r\n'), chunk('warn\n', 'stderr'), rawChunk(odd));
    expect(await bytesOf('logs', '--stage', 'build')).toEqual(
      Buffer.concat([Buffer.from('é\r\nwarn\n'), odd]),
    );
    expect(await bytesOf('logs', RUN_ID, 'build', '--stream', 'stdout')).toEqual(
      Buffer.concat([Buffer.from('é\r\n'), odd]),
    );
    expect(await bytesOf('logs', RUN_ID, 'build', '--stream', 'stderr')).toEqual(Buffer.from('warn\n'));
  });

  it('gives the last lines, of the stream that is asked for', async () => {
    const run = await ended({ id: 'build' });
    await run.log(1, chunk('1\n2'), chunk('e1\ne2\n', 'stderr'), chunk('b\n3\n4\n5'));
    expect(await textOf('--tail', '2')).toBe('4\n5');
    expect(await textOf('--tail', '4')).toBe('b\n3\n4\n5');
    expect(await textOf('--tail', '100')).toBe('1\n2e1\ne2\nb\n3\n4\n5');
    expect(await textOf('--tail', '0')).toBe('');
    expect(await textOf('--tail', '1', '--stream', 'stderr')).toBe('e2\n');
    expect(await textOf('--tail', '4', '--stream', 'stdout')).toBe('2b\n3\n4\n5');
  });

  it.each([
    ['has not started', { id: 'build' }, 'build: has not started\n'],
    [
      'is a run of its own',
      { id: 'build', kind: 'subpipeline', status: 'succeeded', sub_run_id: 'child-1' },
      'build: a run of its own: codex-orchestrator logs child-1\n',
    ],
    [
      'lost its log',
      { id: 'build', status: 'failed', log_path: 'gone.ndjson' },
      'build: its log is missing: gone.ndjson\n',
    ],
  ] satisfies [string, StoredStage, string][])(
    'says so on stderr when the stage %s',
    async (_what, stage, note) => {
      await ended(stage);
      const result = await runCli(['logs', '--stage', 'build'], { cwd: repo });
      expect(result).toMatchObject({ code: 0, stdout: '', stderr: note });
    },
  );

  it('says when the stage printed nothing', async () => {
    const run = await ended({ id: 'build' });
    await run.log(1, { type: 'command:start', command: 'x' });
    expect(await runCli(['logs', '--stage', 'build'], { cwd: repo })).toMatchObject({
      stdout: '',
      stderr: 'build: printed nothing\n',
    });
    await run.log(1, chunk('x'));
    expect(await runCli(['logs', '--stage', 'build', '--stream', 'stderr'], { cwd: repo })).toMatchObject({
      stdout: '',
      stderr: 'build: printed nothing to stderr\n',
    });
  });

  it('names the stages there are when there is no such stage', async () => {
    await ended({ id: 'build' }, { id: 'lint' });
    const { code, stdout, stderr } = await runCli(['logs', '--stage', 'lnt'], { cwd: repo });
    expect({ code, stdout }).toEqual({ code: 66, stdout: '' });
    const [first, second] = stderr.split('\n');
    expect(first).toBe('error: No stage "lnt" in pipeline "diagnostics". Did you mean "lint"?');
    expect(second?.trim()).toBe('Stages: build, lint');
  });

  it('warns of damage and shows the rest', async () => {
    const run = await ended({ id: 'build' });
    await run.log(1, chunk('a\n'), '{"type":"exec:chunk"\n', chunk('b\n'), '{"type":"exec:ch');
    expect(await runCli(['logs', '--stage', 'build'], { cwd: repo })).toEqual({
      code: 0,
      signal: null,
      stdout: 'a\nb\n',
      stderr: `warning: .runs/0101/cli/${RUN_ID}/commands/01-build.ndjson:2 is damaged (not valid JSON); what it held is missing here.\n`,
    });
  });

  it('finds the log in the folder of the run when the runs were moved', async () => {
    const run = await ended({ id: 'build' });
    await run.log(1, chunk('here\n'));
    await run.update(({ commands: [command] }) =>
      Object.assign(command ?? {}, { log_path: 'old/place.ndjson' }),
    );
    expect(await textOf()).toBe('here\n');
  });
});

describe('logs of several stages', () => {
  it('puts a header before each, on a line of its own', async () => {
    const run = await ended({ id: 'build' }, { id: 'quiet' }, { id: 'late' });
    await run.log(1, chunk('no newline'));
    await run.log(2, { type: 'command:start', command: 'x' });
    const { stdout, stderr } = await runCli(['logs'], { cwd: repo });
    expect(stderr).toBe('');
    expect(stdout).toBe(
      '── build ──\nno newline\n── quiet ──\n(printed nothing)\n── late ──\n(has not started)\n',
    );
  });

  it('prints one JSON document', async () => {
    const odd = Buffer.from([0xff, 0x0a]);
    const run = await ended({ id: 'build', status: 'succeeded' }, { id: 'late' });
    const begin = { type: 'exec:begin', attempt: 1 };
    await run.log(1, begin, chunk('a "b"\n'), begin, rawChunk(odd, 'stderr'));
    const { stdout, stderr } = await runCli(['logs', '--format', 'json'], { cwd: repo });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({
      run_id: RUN_ID,
      stages: [
        {
          id: 'build',
          index: 1,
          attempts: 2,
          status: 'succeeded',
          log_path: `.runs/0101/cli/${RUN_ID}/commands/01-build.ndjson`,
          note: null,
          output: [
            { stream: 'stdout', data: 'a "b"\n' },
            { stream: 'stderr', base64: odd.toString('base64') },
          ],
        },
        {
          id: 'late',
          index: 2,
          attempts: 0,
          status: 'pending',
          log_path: null,
          note: 'has not started',
          output: [],
        },
      ],
    });
  });

  it('prints a JSON document also for a run without stages', async () => {
    await ended();
    const { stdout } = await runCli(['logs', '--format', 'json'], { cwd: repo });
    expect(JSON.parse(stdout)).toEqual({ run_id: RUN_ID, stages: [] });
  });

  it('prints no output but the failure in JSON when there is no such stage', async () => {
    await ended({ id: 'build' });
    const { stdout } = await runCli(['logs', '--stage', 'x', '--format', 'json'], { cwd: repo });
    expect(JSON.parse(stdout)).toMatchObject({ error: { kind: 'stage-not-found', known: ['build'] } });
  });
});

describe('logs on a terminal', () => {
  it('shows what would act on the terminal, with a header even for one stage', async () => {
    const run = await ended({ id: 'build' });
    await run.log(1, chunk('a\u001b[2Jb\u0007\r\n'), chunk('end', 'stderr'));
    const { terminal, exited } = runOnTerminal(['logs', '--stage', 'build'], { cwd: repo });
    expect(await exited).toBe(0);
    expect(terminal.screen()).toEqual(['── build ──', 'a\\x1b[2Jb\\x07', 'end']);
  });

  it('leaves the bytes as they are with --raw', async () => {
    const run = await ended({ id: 'build' });
    await run.log(1, chunk('hidden\u001b[1A\u001b[Jshown'));
    const { terminal, exited } = runOnTerminal(['logs', '--stage', 'build', '--raw'], { cwd: repo });
    await exited;
    expect(terminal.screen()).toEqual(['shown']);
  });
});

describe('logs --follow', () => {
  it('goes on as the log grows, then with the next stage, until the run is over', async () => {
    const run = await live({ id: 'build', status: 'running' }, { id: 'test' });
    await run.log(1, chunk('one\n'));
    const cli = startCli(['logs', '--follow'], { cwd: repo });
    await cli.waitForStdout('── build ──\none\n');
    const line = `${JSON.stringify(chunk('two\n'))}\n`;
    await run.log(1, line.slice(0, 30));
    await run.log(1, line.slice(30));
    await cli.waitForStdout('two\n');
    await setStatus(run, 1, 'succeeded');
    await setStatus(run, 2, 'running');
    await run.log(2, chunk('three'));
    await cli.waitForStdout('── test ──\nthree');
    await run.log(2, chunk(' four\n'));
    await setStatus(run, 2, 'succeeded');
    await run.update((manifest) => void (manifest.status = 'succeeded'));
    const { code, stdout, stderr } = await cli.exited;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe('── build ──\none\ntwo\n── test ──\nthree four\n');
  });

  it('waits for a stage that has not begun, and ends with it though the run goes on', async () => {
    const run = await live({ id: 'build', status: 'running' }, { id: 'test' }, { id: 'pack' });
    const cli = startCli(['logs', '--stage', 'test', '--follow'], { cwd: repo });
    await setStatus(run, 1, 'succeeded');
    await run.log(2, chunk('tests\n'));
    await setStatus(run, 2, 'running');
    await cli.waitForStdout('tests\n');
    await setStatus(run, 2, 'succeeded');
    expect(await cli.exited).toMatchObject({ code: 0, stdout: 'tests\n' });
  });

  it('shows only the last lines of what is there, and everything after', async () => {
    const run = await live({ id: 'build', status: 'running' });
    await run.log(1, chunk('1\n2\n3\n'));
    const cli = startCli(['logs', '--follow', '--tail', '1'], { cwd: repo });
    await cli.waitForStdout('3\n');
    await run.log(1, chunk('4\n5\n'));
    await cli.waitForStdout('5\n');
    await setStatus(run, 1, 'succeeded');
    expect((await cli.exited).stdout).toBe('3\n4\n5\n');
  });

  it('notices that the owner has died', async () => {
    const run = await storeRun(repo, { stages: [{ id: 'build', status: 'running' }, { id: 'test' }] });
    child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    await run.ownedBy(identifyProcess(child.pid ?? 0));
    await run.log(1, chunk('last words\n'));
    const cli = startCli(['logs', '--follow'], { cwd: repo });
    await cli.waitForStdout('last words\n');
    child.kill('SIGKILL');
    const { code, stdout } = await cli.exited;
    expect(code).toBe(0);
    expect(stdout).toBe('── build ──\nlast words\n── test ──\n(has not started)\n');
  });

  it('completes one JSON document when the run is over', async () => {
    const run = await live({ id: 'build', status: 'running' });
    await run.log(1, chunk('a'));
    const cli = startCli(['logs', '--follow', '--format', 'json'], { cwd: repo });
    await cli.waitForStdout('"a"');
    await run.log(1, chunk('b'));
    await setStatus(run, 1, 'failed');
    expect(JSON.parse((await cli.exited).stdout)).toMatchObject({
      stages: [{ status: 'failed', output: [{ data: 'a' }, { data: 'b' }] }],
    });
  });

  it('ends quietly when its reader has left', async () => {
    const run = await live({ id: 'build', status: 'running' });
    await run.log(1, chunk('first\n'));
    const cli = spawn(process.execPath, [cliPath(), 'logs', '--follow'], {
      cwd: repo,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = cli;
    const stderr: Buffer[] = [];
    cli.stderr.on('data', (data: Buffer) => stderr.push(data));
    await once(cli.stdout, 'data');
    cli.stdout.destroy();
    await eventually(async () => {
      await run.log(1, chunk('more\n'));
      return cli.exitCode !== null;
    });
    expect(cli.exitCode).toBe(0);
    expect(Buffer.concat(stderr).toString()).toBe('');
  });
});

it('keeps memory bounded, however long the log and however slow its reader', async () => {
  const run = await ended({ id: 'build' });
  const record = `${JSON.stringify(chunk(`${'x'.repeat(65_535)}\n`))}\n`;
  for (let written = 0; written < 2000; written += 100) await run.log(1, record.repeat(100));
  const report = "process.on('exit',()=>process.stderr.write(String(process.resourceUsage().maxRSS)))";
  const cli = spawn(process.execPath, [cliPath(), 'logs', '--tail', '1900'], {
    cwd: repo,
    env: { ...process.env, NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(report)}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child = cli;
  const stderr: Buffer[] = [];
  cli.stderr.on('data', (data: Buffer) => stderr.push(data));
  let bytes = 0;
  for await (const data of cli.stdout as AsyncIterable<Buffer>) {
    bytes += data.length;
    // Slower than it could be printed, so that what is not held back would pile up.
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect(bytes).toBe(1900 * 65_536);
  expect(Number(Buffer.concat(stderr).toString())).toBeLessThan(140 * 1024);
});

/** A run that is over. */
function ended(...stages: StoredStage[]): Promise<StoredRun> {
  return storeRun(repo, { stages, manifest: { status: 'failed' } });
}

/** A run that this test works on. */
async function live(...stages: StoredStage[]): Promise<StoredRun> {
  const run = await storeRun(repo, { stages });
  await run.ownedBy(liveOwner());
  return run;
}

function setStatus(run: StoredRun, index: number, status: CommandStatus): Promise<void> {
  return run.update(({ commands }) => {
    const command = commands[index - 1];
    if (command !== undefined) command.status = status;
  });
}

async function textOf(...argv: string[]): Promise<string> {
  return (await bytesOf('logs', ...argv)).toString();
}

async function bytesOf(...argv: string[]): Promise<Buffer> {
  const cli = spawn(process.execPath, [cliPath(), ...argv], {
    cwd: repo,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const chunks: Buffer[] = [];
  for await (const data of cli.stdout as AsyncIterable<Buffer>) chunks.push(data);
  return Buffer.concat(chunks);
}
