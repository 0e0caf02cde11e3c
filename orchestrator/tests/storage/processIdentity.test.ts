import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { currentProcess, identifyProcess, probeProcess } from '../../src/storage/processIdentity.ts';
import { eventually } from '../support/eventually.ts';
import { startChild, type Child } from './children.ts';

const IDLE = 'console.log(`ready`); setInterval(() => {}, 1_000_000)';

let dir: string;
let children: Child[];

beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'identity-'));
  children = [];
});
afterEach(async () => {
  await Promise.all(children.map((child) => child.kill()));
  fs.rmSync(dir, { recursive: true });
});

describe('currentProcess', () => {
  test('names this process and finds it alive', () => {
    expect(currentProcess()).toMatchObject({ host: os.hostname(), pid: process.pid });
    expect(currentProcess()).toEqual(identifyProcess(process.pid));
    expect(probeProcess(currentProcess())).toBe('alive');
  });
});

describe('probeProcess', () => {
  test('sees a child live and die', async () => {
    const child = start(process.execPath, '-e', IDLE);
    await child.line();
    const identity = identifyProcess(child.pid);
    expect(probeProcess(identity)).toBe('alive');
    await child.kill();
    expect(probeProcess(identity)).toBe('dead');
  });

  test('cannot judge a process of another host', () => {
    expect(probeProcess({ ...currentProcess(), host: 'elsewhere' })).toBe('unknown');
  });

  test('goes by the pid alone where nothing else is known', async () => {
    const bare = { host: os.hostname(), boot_id: null, process_start: null };
    expect(probeProcess({ ...bare, pid: process.pid })).toBe('alive');
    const child = start(process.execPath, '-e', '');
    await child.ended;
    expect(probeProcess({ ...bare, pid: child.pid })).toBe('dead');
  });
});

describe.runIf(process.platform === 'linux')('probeProcess on Linux', () => {
  test('knows that a pid was given to another process', () => {
    expect(currentProcess().process_start).toMatch(/^\d+$/);
    expect(probeProcess({ ...currentProcess(), process_start: '1' })).toBe('dead');
  });

  test('knows that the machine was started again', () => {
    expect(currentProcess().boot_id).toMatch(/^[0-9a-f-]{36}$/);
    expect(probeProcess({ ...currentProcess(), boot_id: 'another' })).toBe('dead');
  });

  test('cannot judge a process of another pid namespace', () => {
    expect(currentProcess().pid_namespace).toMatch(/^pid:\[\d+\]$/);
    expect(probeProcess({ ...currentProcess(), pid_namespace: 'pid:[1]', process_start: '1' })).toBe(
      'unknown',
    );
  });

  test('reads the start time of a program whose name looks like other fields', async () => {
    const program = path.join(dir, 'a) Z 1 (b c');
    // Newer versions of Node name themselves.
    fs.symlinkSync('/bin/sh', program);
    const child = start(program, '-c', 'echo ready; read line');
    await child.line();
    expect(fs.readFileSync(`/proc/${child.pid}/stat`, 'utf8')).toContain('(a) Z 1 (b c) ');
    const identity = identifyProcess(child.pid);
    expect(Number(identity.process_start)).toBeGreaterThanOrEqual(Number(currentProcess().process_start));
    expect(probeProcess(identity)).toBe('alive');
  });

  test('takes a zombie for dead', async () => {
    // The shell starts a child and then turns into node, which does not know that it has a child to wait for.
    const script = 'exec 3<&0; (read line <&3) & echo $!; exec "$@"';
    const parent = start('sh', '-c', script, 'sh', process.execPath, '-e', IDLE);
    const pid = Number(await parent.line());
    expect(await parent.line()).toBe('ready');
    expect(probeProcess(identifyProcess(pid))).toBe('alive');
    parent.send('end');
    await eventually(() => fs.readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z '), {
      what: 'a zombie',
    });
    expect(identifyProcess(pid).process_start).toMatch(/^\d+$/);
    expect(probeProcess(identifyProcess(pid))).toBe('dead');
  });
});

function start(...command: string[]): Child {
  const child = startChild(command);
  children.push(child);
  return child;
}
