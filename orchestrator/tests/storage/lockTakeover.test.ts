import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { acquireLock, type LockOwner } from '../../src/storage/lock.ts';
import { readLock } from '../../src/storage/lockFile.ts';
import { currentProcess, identifyProcess, type ProcessIdentity } from '../../src/storage/processIdentity.ts';
import { eventually } from '../support/eventually.ts';
import { buildChildren, type Child, type ChildStarter } from './children.ts';

let bundles: string;
let start: ChildStarter;
let dead: ProcessIdentity;
let dir: string;
let lock: string;
let children: Child[];

beforeAll(async () => {
  bundles = fs.mkdtempSync(path.join(os.tmpdir(), 'takeover-children-'));
  const starter = await buildChildren(bundles);
  start = (...args) => {
    const child = starter(...args);
    children.push(child);
    return child;
  };
  const victim = starter('acquireOnCommand', [path.join(bundles, 'unused.lock')]);
  await victim.line();
  dead = identifyProcess(victim.pid);
  await victim.kill();
});
afterAll(() => fs.rmSync(bundles, { recursive: true }));
beforeEach(() => {
  children = [];
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'takeover-'));
  lock = path.join(dir, 'state.lock');
});
afterEach(async () => {
  await Promise.all(children.map((child) => child.kill()));
  fs.rmSync(dir, { recursive: true });
});

describe('taking over', () => {
  test.each([
    ['a dead lock', 0],
    ['a dead lock with a dead claim on it', 1],
    ['a dead lock with a chain of three dead claims', 3],
  ])('%s: of many processes that try, exactly one gets it', async (_, deadClaims) => {
    const racers = Array.from({ length: 6 }, () => start('acquireOnCommand', [lock]));
    await Promise.all(racers.map((racer) => racer.line()));
    for (let round = 0; round < 15; round += 1) {
      writeOwner(lock, dead, token(round, 0));
      for (let claim = 1; claim <= deadClaims; claim += 1) {
        writeOwner(`${lock}.takeover-${token(round, claim - 1)}`, dead, token(round, claim));
      }
      for (const racer of racers) racer.send('acquire');
      const results = await Promise.all(racers.map((racer) => racer.line()));
      expect(results.toSorted(), `round ${round}`).toEqual([
        'acquired',
        ...racers.slice(1).map(() => 'busy'),
      ]);
      const winner = racers[results.indexOf('acquired')];
      expect(readOwner(lock).pid).toBe(winner?.pid);
      winner?.send('release');
      expect(await winner?.line()).toBe('released');
      expect(fs.readdirSync(dir), `round ${round}`).toEqual([]);
    }
  });

  test('an old lock without owner: exactly one gets it', async () => {
    const racers = Array.from({ length: 6 }, () => start('acquireOnCommand', [lock]));
    await Promise.all(racers.map((racer) => racer.line()));
    for (let round = 0; round < 15; round += 1) {
      fs.writeFileSync(lock, '');
      fs.utimesSync(lock, 1_000_000, 1_000_000 + round);
      for (const racer of racers) racer.send('acquire');
      const results = await Promise.all(racers.map((racer) => racer.line()));
      expect(results.toSorted(), `round ${round}`).toEqual([
        'acquired',
        ...racers.slice(1).map(() => 'busy'),
      ]);
      const winner = racers[results.indexOf('acquired')];
      winner?.send('release');
      await winner?.line();
    }
  });

  test('goes on where a whole chain of claimants was killed', async () => {
    writeOwner(lock, dead, 'dead-owner');
    await die('rename', 'state.lock');
    await die('rename', 'state.lock');
    await die('rename', 'state.lock');
    expect(readOwner(lock).token).toBe('dead-owner');
    expect(namesWith('.takeover-')).toHaveLength(3);

    await expectAcquired();
    expect(namesWith('.takeover-')).toEqual([]);
  });

  test('goes on after a claimant that was killed behind its rename', async () => {
    writeOwner(lock, dead, 'dead-owner');
    await die('unlink', '.takeover-');
    expect(readOwner(lock).token).not.toBe('dead-owner');
    expect(namesWith('.takeover-')).toEqual(['state.lock.takeover-dead-owner']);

    await expectAcquired();
    expect(namesWith('.takeover-')).toEqual([]);
  });

  test('is not hindered by a process killed before it had the lock, and sweeps what it left', async () => {
    await die('link', 'state.lock');
    const [litter = ''] = fs.readdirSync(dir);
    expect(litter).toMatch(/^state\.lock\.\d+$/);
    const longAgo = Date.now() / 1000 - 3600;
    fs.utimesSync(path.join(dir, litter), longAgo, longAgo);

    writeOwner(lock, dead, 'dead-owner');
    await expectAcquired();
    expect(fs.readdirSync(dir)).toEqual(['state.lock']);
  });

  test('leaves the right to a living claimant', async () => {
    writeOwner(lock, dead, 'dead-owner');
    writeOwner(`${lock}.takeover-dead-owner`, currentProcess(), 'living-claimant');
    const result = await acquireLock(lock, { purpose: 'late' });
    expect(result).toMatchObject({ status: 'busy', holder: { token: 'living-claimant' } });
    expect(readOwner(lock).token).toBe('dead-owner');
    expect(fs.readdirSync(dir).toSorted()).toEqual(['state.lock', 'state.lock.takeover-dead-owner']);
  });

  test('ends for claims that name each other', async () => {
    writeOwner(lock, dead, 'dead-owner');
    writeOwner(`${lock}.takeover-dead-owner`, dead, 'dead-owner');
    expect(await acquireLock(lock, { purpose: 'x' })).toMatchObject({ status: 'busy' });
  });

  test('never lets two in while processes are killed all the time', async () => {
    const holder = path.join(dir, 'holder');
    fs.writeFileSync(holder, '');
    let held = 0;
    const violations: number[] = [];
    const workers: Child[] = [];
    const startWorker = (): void => {
      const worker = start('guardHolder', [lock, holder]);
      workers.push(worker);
      void listen(worker, (line) => {
        if (line === 'held') held += 1;
        else violations.push(worker.pid);
      });
    };
    for (let index = 0; index < 4; index += 1) startWorker();
    for (let kills = 0; kills < 12; kills += 1) {
      const before = held;
      await eventually(() => held > before + (kills % 4), { what: 'the lock to change hands' });
      await workers.shift()?.kill();
      startWorker();
    }
    expect(violations).toEqual([]);
    await Promise.all(workers.map((worker) => worker.kill()));
    await expectAcquired();
  });
});

/** Lets a process try to acquire the lock and be killed just before the given call. */
async function die(call: string, text: string): Promise<void> {
  const child = start('dieWhileAcquiring', [lock, call, text]);
  expect(await child.ended).toEqual({ code: null, signal: 'SIGKILL' });
}

async function expectAcquired(): Promise<void> {
  const result = await acquireLock(lock, { purpose: 'heir', staleMs: 0 });
  expect(result).toMatchObject({ status: 'acquired', lock: { owner: readOwner(lock) } });
}

async function listen(child: Child, hear: (line: string) => void): Promise<void> {
  try {
    for (;;) hear(await child.line());
  } catch {
    // Killed: no more lines.
  }
}

function token(round: number, claim: number): string {
  return `token-${round}-${claim}`;
}

function namesWith(text: string): string[] {
  return fs.readdirSync(dir).filter((name) => name.includes(text));
}

function readOwner(file: string): LockOwner {
  const owner = readLock(file)?.owner;
  if (!owner) throw new Error(`no owner in ${file}`);
  return owner;
}

/** Puts a lock into place as its owner would: with its whole content at once. */
function writeOwner(file: string, process: ProcessIdentity, ownToken: string): void {
  const owner = { ...process, token: ownToken, acquired_at: '2026-01-01T00:00:00.000Z', purpose: 'gone' };
  fs.writeFileSync(`${file}.new`, JSON.stringify(owner));
  fs.renameSync(`${file}.new`, file);
}
