import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { identifyProcess, probeProcess } from '../../src/storage/processIdentity.ts';
import { type CommandRig, openCommandRig } from './commandRig.ts';

let rig: CommandRig;

beforeEach(async () => {
  rig = await openCommandRig();
});
afterEach(() => rig.close());

const isLinux = process.platform === 'linux';

describe('a command that leaves nothing', () => {
  it('takes with it what is left of its group; the exit stays what it was', async () => {
    const running = rig.run(`${rig.server.command('stage')}; exit 4`, {
      leavesNothing: true,
      pipeGraceMs: 600_000,
    });
    const stage = await rig.server.stage('stage');
    const child = await stage.spawn('child', { inheritOutput: true });
    await stage.exit(0);
    await expect(running).resolves.toMatchObject({
      ended: 'exited',
      exitCode: 4,
      signal: null,
      pipesHeld: false,
    });
    await child.ended;
  });

  it.runIf(isLinux)('takes with it what has a session of its own and was handed over to init', async () => {
    const running = rig.run(rig.server.command('stage'), { leavesNothing: true });
    const stage = await rig.server.stage('stage');
    const far = await stage.spawn('far', { detached: true });
    const farther = await far.spawn('farther', { detached: true });
    await stage.exit(0);
    await expect(running).resolves.toMatchObject({ ended: 'exited', exitCode: 0 });
    await Promise.all([far.ended, farther.ended]);
  });

  it('gives what is left the grace, and kills it then', async () => {
    const running = rig.run(rig.server.command('stage'), { leavesNothing: true, graceMs: 50 });
    const stage = await rig.server.stage('stage');
    const child = await stage.spawn('child');
    await child.trap('SIGTERM');
    await stage.exit(3);
    await expect(running).resolves.toMatchObject({ ended: 'exited', exitCode: 3 });
    await child.ended;
  });

  it('may be forced while it waits for the grace, and is no cancelled one', async () => {
    const running = rig.run(rig.server.command('stage'), { leavesNothing: true });
    const stage = await rig.server.stage('stage');
    const child = await stage.spawn('child');
    await child.trap('SIGTERM');
    await stage.exit(0);
    await child.signalled('SIGTERM');
    rig.cancel.abort();
    rig.force.abort();
    await expect(running).resolves.toMatchObject({ ended: 'exited', exitCode: 0 });
    await child.ended;
  });

  it.runIf(isLinux)('on cancellation takes what has left its tree as well', async () => {
    const running = rig.run(rig.server.command('stage'), { leavesNothing: true });
    const stage = await rig.server.stage('stage');
    const middle = await stage.spawn('middle', { detached: true });
    const far = await middle.spawn('far', { detached: true });
    await middle.exit(0);
    rig.cancel.abort();
    await expect(running).resolves.toMatchObject({ ended: 'cancelled', signal: 'SIGTERM' });
    await far.ended;
  });

  it('spares others, also those around it and beside it', async () => {
    const beside = rig.run(rig.server.command('beside'), { leavesNothing: true });
    const other = await rig.server.stage('beside');
    const running = rig.run(rig.server.command('stage'), { leavesNothing: true, env: other.env });
    const stage = await rig.server.stage('stage');
    await stage.exit(0);
    await expect(running).resolves.toMatchObject({ ended: 'exited' });
    expect(probeProcess(identifyProcess(other.pid))).toBe('alive');
    const [outer = '', inner = ''] = (stage.env['CODEX_ORCHESTRATOR_COMMANDS'] ?? '').split(':');
    expect(outer).toBe(other.env['CODEX_ORCHESTRATOR_COMMANDS']);
    expect(inner).not.toBe('');
    await other.exit(0);
    await beside;
  });

  it('costs no wait when nothing is left', async () => {
    await expect(rig.run('exit 7', { leavesNothing: true, pipeGraceMs: 600_000 })).resolves.toMatchObject({
      ended: 'exited',
      exitCode: 7,
      pipesHeld: false,
    });
  });
});
