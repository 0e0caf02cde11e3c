import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../../support/runCli.ts';
import { makeRepo, type SandboxRepo } from '../../support/sandboxRepo.ts';

let repo: SandboxRepo;

beforeEach(async () => {
  repo = await makeRepo();
});

afterEach(() => repo.cleanup());

function exec(...args: string[]) {
  return runCli(['exec', ...args], { cwd: repo.root });
}

describe('exec', () => {
  it('prints what the command prints and ends with its exit code', async () => {
    const result = await exec('sh', '-c', 'printf out; printf err >&2; exit 7');
    expect(result).toEqual({ code: 7, signal: null, stdout: 'out', stderr: 'err' });
  });

  it('hands arguments over untouched', async () => {
    const words = ['a b', "it's", '$HOME', '*', '--task'];
    const script = 'console.log(JSON.stringify(process.argv.slice(1)))';
    const { stdout } = await exec('node', '-e', script, '--', ...words);
    expect(JSON.parse(stdout)).toEqual(words);
  });

  it('leaves the evidence of a run, without what only pipelines have', async () => {
    await exec('true');
    const manifest = await repo.manifest();
    expect(manifest).toMatchObject({
      pipeline_id: 'exec',
      task_slug: null,
      status: 'succeeded',
      metrics_recorded: true,
    });
    expect(manifest).not.toHaveProperty('control_plane');
    expect(manifest).not.toHaveProperty('scheduler');
    await expect(repo.read('out/0101/runs.json')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('records a failure as exec-failed', async () => {
    await exec('false');
    const manifest = await repo.manifest();
    expect(manifest).toMatchObject({
      pipeline_title: 'exec',
      status: 'failed',
      status_detail: 'exec-failed',
      commands: [{ title: 'false' }],
    });
    const errorFile: unknown = JSON.parse(await repo.read(manifest.commands[0]?.error_file ?? ''));
    expect(errorFile).toMatchObject({ reason: 'command-execution-error', details: { exit_code: 1 } });
  });

  it('says when there is no such program', async () => {
    const result = await exec('no-such-program');
    expect(result).toMatchObject({
      code: 1,
      stderr: 'Execution error: command not found: no-such-program\n',
    });
    expect((await repo.manifest()).commands[0]).toMatchObject({ status: 'failed', exit_code: null });
  });

  it('ends with 1 when a signal ended the command', async () => {
    expect(await exec('sh', '-c', 'kill -KILL $$')).toMatchObject({ code: 1 });
  });

  it('needs a command', async () => {
    const result = await exec();
    expect(result.code).toBe(64);
    expect(result.stderr).toContain('exec needs a command to run');
  });

  it('prints exactly one summary with --json, the output going to stderr', async () => {
    const result = await exec('--json', '--', 'sh', '-c', 'echo hello');
    expect(result.stderr).toBe('hello\n');
    expect(result.stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(result.stdout)).toMatchObject({
      type: 'run:summary',
      payload: {
        status: 'succeeded',
        result: { exitCode: 0, attempts: 1, sandboxState: 'sandboxed' },
        command: { argv: ['sh', '-c', 'echo hello'], shell: false, cwd: repo.root },
        outputs: { stdout: 'hello\n', stderr: '' },
      },
    });
  });

  it('streams events and then the summary with --jsonl', async () => {
    const { stdout } = await exec('--jsonl', '--', 'echo', 'hello');
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(events).toMatchObject([
      { type: 'exec:begin', payload: { command: 'echo hello' } },
      { type: 'exec:chunk', payload: { stream: 'stdout', bytes: 6, data: 'hello\n' } },
      { type: 'exec:end', payload: { exitCode: 0, status: 'succeeded' } },
      { type: 'run:summary', payload: { status: 'succeeded' } },
    ]);
  });
});

describe('notifications of exec', () => {
  let server: Server;
  let received: { url: string; body: unknown }[];
  let address: string;

  beforeEach(async () => {
    received = [];
    server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        received.push({ url: request.url ?? '', body: JSON.parse(Buffer.concat(parts).toString()) });
        response.writeHead(request.url === '/refuse' ? 500 : 204).end();
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const place = server.address();
    address = typeof place === 'object' && place !== null ? `http://127.0.0.1:${place.port}` : '';
  });

  afterEach(() => {
    server.close();
  });

  it('reach every target and the trace endpoint; failures are recorded, not fatal', async () => {
    const file = repo.path('notes.jsonl');
    const result = await exec(
      '--json',
      '--notify',
      `${address}/hook,${address}/refuse`,
      '--notify',
      pathToFileURL(file).href,
      '--notify',
      'gopher://x',
      '--otel-endpoint',
      address,
      '--',
      'true',
    );
    expect(result.code).toBe(0);
    expect(JSON.parse(result.stdout)).toMatchObject({
      payload: {
        notifications: {
          delivered: [`${address}/hook`, pathToFileURL(file).href, `${address}/v1/traces`],
          failures: [
            { target: `${address}/refuse`, error: 'answered 500' },
            { target: 'gopher://x', error: 'expected an http:, https: or file: address, found gopher:' },
          ],
        },
      },
    });
    expect(received.map(({ url }) => url).toSorted()).toEqual(['/hook', '/refuse', '/v1/traces']);
    const traces = received.find(({ url }) => url === '/v1/traces');
    expect(traces?.body).toMatchObject({
      resourceSpans: [{ scopeSpans: [{ spans: [{ name: 'exec', status: { code: 1 } }] }] }],
    });
    expect(JSON.parse(await repo.read('notes.jsonl'))).toMatchObject({ type: 'run:summary' });
  });
});
