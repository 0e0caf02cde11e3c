import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readProcessTable } from '../../src/process/processTable.ts';
import { identifyProcess, probeProcess } from '../../src/storage/processIdentity.ts';
import { eventually } from '../support/eventually.ts';
import { type CommandRig, openCommandRig } from './commandRig.ts';

let rig: CommandRig;

beforeEach(async () => {
  rig = await openCommandRig();
});
afterEach(() => rig.close());

describe('cancellation', () => {
  it('ends the whole tree, also what has a session of its own', async () => {
    const running = rig.run(`${rig.server.command('stage')}; true`);
    const stage = await rig.server.stage('stage');
    const far = await stage.spawn('far', { detached: true, inheritOutput: true });
    rig.cancel.abort();
    await expect(running).resolves.toMatchObject({ ended: 'cancelled', signal: 'SIGTERM', pipesHeld: false });
    await Promise.all([stage.ended, far.ended]);
  });

  it('gives time for a clean-up, whose output counts', async () => {
    const running = rig.run(`exec ${rig.server.command('stage')}`);
    const stage = await rig.server.stage('stage');
    await stage.trap('SIGTERM');
    rig.cancel.abort();
    await stage.signalled('SIGTERM');
    await stage.stdout('cleaned up');
    await stage.exit(0);
    await expect(running).resolves.toMatchObject({ ended: 'cancelled', exitCode: 0, signal: null });
    expect(rig.output.text()).toBe('cleaned up');
  });

  it('kills what ignores the polite signal, after the grace', async () => {
    const running = rig.run(`exec ${rig.server.command('stage')}`, { graceMs: 50 });
    const stage = await rig.server.stage('stage');
    await stage.trap('SIGTERM');
    rig.cancel.abort();
    await expect(running).resolves.toMatchObject({ ended: 'cancelled', exitCode: null, signal: 'SIGKILL' });
  });

  it('skips the grace when forced', async () => {
    const running = rig.run(`exec ${rig.server.command('stage')}`);
    const stage = await rig.server.stage('stage');
    await stage.trap('SIGTERM');
    rig.cancel.abort();
    await stage.signalled('SIGTERM');
    rig.force.abort();
    await expect(running).resolves.toMatchObject({ ended: 'cancelled', signal: 'SIGKILL' });
  });

  it('after the end changes nothing', async () => {
    await expect(rig.run('exit 0')).resolves.toMatchObject({ ended: 'exited' });
    rig.cancel.abort();
  });
});

describe('a timeout', () => {
  it('ends the whole tree', async () => {
    const outcome = await rig.run('sleep 600 & sleep 600; true', { timeoutMs: 100 });
    expect(outcome).toMatchObject({
      ended: 'timed-out',
      exitCode: null,
      signal: 'SIGTERM',
      pipesHeld: false,
    });
    const left = (await readProcessTable()).filter((entry) => entry.pgid === outcome.pid && !entry.zombie);
    expect(left).toEqual([]);
  });

  it('stays the cause when a cancellation follows, which can still force it', async () => {
    const running = rig.run("trap 'printf T' TERM; while :; do sleep 0.1; done", { timeoutMs: 1000 });
    await eventually(() => rig.output.text('stdout') !== '', { timeoutMs: 20_000, what: 'the timeout' });
    rig.cancel.abort();
    rig.force.abort();
    await expect(running).resolves.toMatchObject({ ended: 'timed-out', signal: 'SIGKILL' });
    // Asked once. What the shell says about its children on stderr is its own affair.
    expect(rig.output.text('stdout')).toBe('T');
  });

  it('may be longer than any timer', async () => {
    const running = rig.run(`exec ${rig.server.command('stage')}`, { timeoutMs: 1e12 });
    const stage = await rig.server.stage('stage');
    await stage.exit(0);
    await expect(running).resolves.toMatchObject({ ended: 'exited', exitCode: 0 });
  });
});

describe('a background process that holds the output', () => {
  it('is left alone after the pipe grace', async () => {
    const running = rig.run(`${rig.server.command('stage')}; exit 4`, { pipeGraceMs: 50 });
    const stage = await rig.server.stage('stage');
    const daemon = await stage.spawn('daemon', { detached: true, inheritOutput: true });
    await stage.stdout('before');
    await stage.exit(0);
    await expect(running).resolves.toMatchObject({ ended: 'exited', exitCode: 4, pipesHeld: true });
    expect(rig.output.text()).toBe('before');
    expect(probeProcess(identifyProcess(daemon.pid))).toBe('alive');
    await daemon.exit(0);
  });

  it('is listened to until it ends, if that is soon', async () => {
    const running = rig.run(`${rig.server.command('stage')}; exit 0`, { pipeGraceMs: 600_000 });
    const stage = await rig.server.stage('stage');
    const child = await stage.spawn('child', { inheritOutput: true });
    await stage.exit(0);
    await child.stdout('late words');
    await child.exit(0);
    await expect(running).resolves.toMatchObject({ ended: 'exited', exitCode: 0, pipesHeld: false });
    expect(rig.output.text()).toBe('late words');
  });

  it('is ended by a cancellation that comes within the grace; the exit stays what it was', async () => {
    const running = rig.run(`${rig.server.command('stage')}; exit 5`, { pipeGraceMs: 600_000 });
    const stage = await rig.server.stage('stage');
    const child = await stage.spawn('child', { inheritOutput: true });
    const shell = identifyProcess(stage.ppid);
    await stage.exit(0);
    await eventually(() => probeProcess(shell) === 'dead');
    // Reaped, but its exit may still be on its way to us: what is decided here must hold in both orders.
    await new Promise((resolve) => setImmediate(resolve));
    rig.cancel.abort();
    await expect(running).resolves.toMatchObject({ exitCode: 5, pipesHeld: false });
    await child.ended;
  });

  it('does not keep us alive', async () => {
    const source = (file: string) =>
      JSON.stringify(new URL(`../../src/process/${file}`, import.meta.url).href);
    const code = `
      import { runCommand } from ${source('runCommand.ts')};
      const signal = new AbortController().signal;
      const outcome = await runCommand({
        command: process.argv[1], cwd: '/', env: process.env, output: { write: () => true, onDrain: null },
        cancellation: { signal, force: signal }, graceMs: 600000, timeoutMs: 600000, pipeGraceMs: 50,
      });
      console.log(outcome.pipesHeld);`;
    const arguments_ = [
      '--import',
      'tsx',
      '--input-type=module',
      '--eval',
      code,
      `${rig.server.command('stage')}; true`,
    ];
    const runner = spawn(process.execPath, arguments_, {
      env: { ...process.env, ...rig.server.env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(runner, 'exit');
    const printed = once(runner.stdout, 'data');
    const stage = await rig.server.stage('stage', { timeoutMs: 30_000 });
    const daemon = await stage.spawn('daemon', { detached: true, inheritOutput: true });
    await stage.exit(0);
    expect(String(await printed)).toBe('true\n');
    expect(await exited).toEqual([0, null]);
    await daemon.exit(0);
  }, 60_000);
});
