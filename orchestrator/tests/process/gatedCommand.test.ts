import { chmodSync, closeSync, openSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CommandRig, openCommandRig } from './commandRig.ts';

let rig: CommandRig;

beforeEach(async () => {
  rig = await openCommandRig();
});
afterEach(() => rig.close());

describe('a gated command', () => {
  it('is the process that was announced, with its arguments, its input, its end and nothing more open', async () => {
    const file = path.join(rig.folder, 'input');
    writeFileSync(file, 'the input\n');
    const stdin = openSync(file, 'r');
    let announced = 0;
    const outcome = await rig.run(
      {
        file: 'sh',
        args: ['-c', 'echo "$$ $1"; cat; (: <&3) 2>/dev/null || echo closed; exit 4', 'sh', 'a "b"'],
      },
      { gated: true, stdin, onSpawn: ({ pid }) => (announced = pid) },
    );
    closeSync(stdin);
    expect(outcome).toMatchObject({ exitCode: 4, ended: 'exited' });
    expect(rig.output.text()).toBe(`${announced} a "b"\nthe input\nclosed\n`);
  });

  it('does not begin before it is announced, nor when it is not to begin any more', async () => {
    const outcome = await rig.run('echo begun', { gated: true, onSpawn: () => rig.cancel.abort('SIGTERM') });
    expect(outcome).toMatchObject({ ended: 'cancelled', signal: 'SIGTERM' });
    expect(rig.output.text()).toBe('');
  });

  it('that is missing, or may not be run, is told as without a gate', async () => {
    const file = path.join(rig.folder, 'data');
    writeFileSync(file, '');
    chmodSync(file, 0o644);
    for (const program of ['no-such-program', './data', '/no/such/program']) {
      const command = { file: program, args: [] };
      const plain = await rig.run(command, { cwd: rig.folder });
      const gated = await rig.run(command, { cwd: rig.folder, gated: true });
      expect(gated).toEqual(plain);
      expect(gated.ended).toBe('not-started');
    }
    await expect(rig.run('true', { gated: true, cwd: '/no/such/folder' })).resolves.toMatchObject({
      error: { code: 'cwd-missing' },
    });
  });
});
