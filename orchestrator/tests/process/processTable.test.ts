import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ProcessEntry, readProcessTable, readPs } from '../../src/process/processTable.ts';
import { identifyProcess } from '../../src/storage/processIdentity.ts';

let child: ReturnType<typeof spawn>;

beforeEach(() => {
  // A name with spaces and parentheses, as a program may give itself.
  child = spawn(
    process.execPath,
    ['-e', 'process.title = "a) b (c"; process.stdin.resume(); console.log("on")'],
    {
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
    },
  );
  return once(child.stdout ?? child, 'data');
});
afterEach(async () => {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
});

const READERS: [string, () => Promise<ProcessEntry[]>][] = [
  ['the system', readProcessTable],
  ['ps', readPs],
];

describe.each(READERS)('the process table of %s', (_name, read) => {
  it('holds this process and its children', async () => {
    const table = await read();
    const find = (pid: number | undefined) => table.find((entry) => entry.pid === pid);
    expect(find(process.pid)).toMatchObject({ ppid: process.ppid, zombie: false });
    expect(find(child.pid)).toMatchObject({ ppid: process.pid, pgid: child.pid, zombie: false });
  });
});

it.runIf(process.platform === 'linux')('knows sessions and start times on Linux', async () => {
  const entry = (await readProcessTable()).find(({ pid }) => pid === child.pid);
  expect(entry?.session).toBe(child.pid);
  expect(entry?.start).toBe(identifyProcess(child.pid ?? 0).process_start);
});
