import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { readJsonLines } from '../../src/storage/readJsonLines.ts';
import { startFakeStageServer } from '../support/fakeStageServer.ts';
import { cliPath, runCli, startCli } from '../support/runCli.ts';
import { makeRepo, type SandboxRepo } from '../support/sandboxRepo.ts';
import { command, pipeline } from '../support/stageConfig.ts';

let repo: SandboxRepo;
afterEach(() => repo.cleanup());

const Chunk = z.object({ type: z.literal('exec:chunk'), bytes: z.number() });
const MEGABYTE = 1024 * 1024;

/** Sum of the bytes that the records of a stage log speak of. */
async function loggedBytes(name: string): Promise<number> {
  let total = 0;
  for await (const line of readJsonLines(path.join(await repo.runDir(), 'commands', `${name}.ndjson`))) {
    if (line.kind === 'damaged') throw new Error(`line ${line.line}: ${line.reason}`);
    const chunk = Chunk.safeParse(line.value);
    if (chunk.success) total += chunk.data.bytes;
  }
  return total;
}

/** Most memory in bytes that a process has held; where the system does not tell, what it holds now. */
function peakMemory(pid: number): number {
  if (process.platform !== 'linux') {
    return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) * 1024;
  }
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

/** What `logs --raw` gives, byte for byte. */
async function rawLog(stageId: string): Promise<Buffer> {
  const args = [cliPath(), 'logs', '--stage', stageId, '--raw'];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: repo.root,
    encoding: 'buffer',
  });
  return stdout;
}

describe('a stage that prints', () => {
  it('very much is logged to the last byte, in bounded memory', async () => {
    const stages = await startFakeStageServer();
    try {
      const flood = `yes 'a line that a stage may print, and another' | head -c ${64 * MEGABYTE}`;
      repo = await makeRepo({
        config: pipeline(command('flood', flood), command('after', stages.command('after'))),
      });
      const cli = startCli(['start'], { cwd: repo.root, env: stages.env });
      const after = await stages.stage('after', { timeoutMs: 25_000 });
      const peak = peakMemory(cli.pid);
      await after.exit(0);
      expect(await cli.exited).toMatchObject({ code: 0, stderr: '' });
      expect(peak).toBeGreaterThan(MEGABYTE);
      expect(peak).toBeLessThan(150 * MEGABYTE);
      expect(await loggedBytes('01-flood')).toBe(64 * MEGABYTE);
      expect((await repo.manifest()).commands[0]).toMatchObject({ status: 'succeeded' });
    } finally {
      await stages.close();
    }
  });

  it('nothing is recorded as such', async () => {
    repo = await makeRepo({ config: pipeline(command('quiet', 'true')) });
    expect(await runCli(['start'], { cwd: repo.root })).toMatchObject({ code: 0, stderr: '' });
    const manifest = await repo.manifest();
    expect(manifest.commands[0]).toMatchObject({ status: 'succeeded', summary: 'Completed without output' });
    expect(manifest.handles).toMatchObject([{ frame_count: 2 }]);
    expect((await rawLog('quiet')).length).toBe(0);
  });

  it('without a newline keeps its last line, on both streams', async () => {
    repo = await makeRepo({
      config: pipeline(command('open', 'printf "one\\ntwo"; printf three >&2; exit 4')),
    });
    expect(await runCli(['start'], { cwd: repo.root })).toMatchObject({ code: 1, stderr: '' });
    const { stdout } = await runCli(['logs', '--stage', 'open', '--stream', 'stdout'], { cwd: repo.root });
    expect(stdout).toBe('one\ntwo');
    expect((await repo.manifest()).commands[0]).toMatchObject({ summary: 'Exited with code 4: three' });
  });

  it('bytes that are no UTF-8 gets every one of them back', async () => {
    const bytes = Buffer.from([
      0x00, 0xff, 0xfe, 0xc3, 0x28, 0xe2, 0x82, 0x0a, 0xf0, 0x9f, 0x98, 0x80, 0xe2, 0x82,
    ]);
    repo = await makeRepo({
      config: pipeline(
        command('odd', 'cat odd.bin'),
        command('split', 'head -c 10 odd.bin; sleep 0.1; tail -c +11 odd.bin'),
      ),
      files: { 'odd.bin': bytes },
    });
    expect(await runCli(['start'], { cwd: repo.root })).toMatchObject({ code: 0, stderr: '' });
    expect(await rawLog('odd')).toEqual(bytes);
    expect(await rawLog('split')).toEqual(bytes);
    await repo.stageLog('01-odd');
    await repo.manifest();
  });
});
