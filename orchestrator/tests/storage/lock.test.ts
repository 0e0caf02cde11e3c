import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { acquireLock, inspectLock, type HeldLock, type LockOptions } from '../../src/storage/lock.ts';
import { currentProcess } from '../../src/storage/processIdentity.ts';
import { buildChildren, type Child, type ChildStarter } from './children.ts';

let bundles: string;
let start: ChildStarter;
let dir: string;
let lock: string;
let children: Child[];

beforeAll(async () => {
  bundles = fs.mkdtempSync(path.join(os.tmpdir(), 'lock-children-'));
  const starter = await buildChildren(bundles);
  start = (...args) => {
    const child = starter(...args);
    children.push(child);
    return child;
  };
});
afterAll(() => fs.rmSync(bundles, { recursive: true }));
beforeEach(() => {
  children = [];
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'lock-'));
  lock = path.join(dir, 'metrics.lock');
});
afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(children.map((child) => child.kill()));
  fs.rmSync(dir, { recursive: true });
});

describe('acquireLock', () => {
  test('holds a free lock with its owner in it, and frees it without a trace', async () => {
    const held = await acquire({ purpose: 'record metrics' });
    expect(held.path).toBe(lock);
    expect(held.owner).toMatchObject({ ...currentProcess(), purpose: 'record metrics' });
    expect(held.owner.acquired_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(JSON.parse(fs.readFileSync(lock, 'utf8'))).toEqual(held.owner);
    expect(fs.readdirSync(dir)).toEqual(['metrics.lock']);
    await held.release();
    expect(fs.readdirSync(dir)).toEqual([]);
  });

  test('gives every acquisition a token of its own', async () => {
    const first = await acquire();
    await first.release();
    const second = await acquire();
    expect(second.owner.token).not.toBe(first.owner.token);
  });

  test('says who has a lock that is busy, within the same process too', async () => {
    const held = await acquire();
    const result = await acquireLock(lock, { purpose: 'other', attempts: 3, delayMs: 1 });
    if (result.status !== 'busy') throw new Error('not busy');
    expect(result.holder).toEqual(held.owner);
    expect(result.ageMs).toBeGreaterThanOrEqual(0);
    expect(fs.readdirSync(dir)).toEqual(['metrics.lock']);
  });

  test('tries as often as it was told, and gets a lock that is freed meanwhile', async () => {
    const held = await acquire();
    const waiting = acquireLock(lock, { purpose: 'patient', attempts: 10_000, delayMs: 1, maxDelayMs: 5 });
    await held.release();
    expect(await waiting).toMatchObject({ status: 'acquired', lock: { owner: { purpose: 'patient' } } });
  });

  test('waits longer after every attempt', async () => {
    await acquire();
    const began = performance.now();
    await acquireLock(lock, { purpose: 'x', attempts: 4, delayMs: 5, factor: 4 });
    expect(performance.now() - began).toBeGreaterThan(5 + 20 + 80 - 10);
  });

  test('waits no longer than the limit, and not after the last attempt', async () => {
    await acquire();
    const aDay = 86_400_000;
    const waits: Partial<LockOptions>[] = [
      { attempts: 3, delayMs: aDay, maxDelayMs: 1 },
      { attempts: 3, delayMs: 1, factor: aDay, maxDelayMs: 2 },
      { attempts: 1, delayMs: aDay, maxDelayMs: aDay },
    ];
    for (const wait of waits) {
      expect(await acquireLock(lock, { purpose: 'x', ...wait })).toMatchObject({ status: 'busy' });
    }
  });

  test('passes on other errors of the file system and leaves nothing behind', async () => {
    await expect(acquireLock(path.join(dir, 'missing/x.lock'), { purpose: 'x' })).rejects.toMatchObject({
      code: 'ENOENT',
    });
    fs.mkdirSync(lock);
    await expect(acquireLock(lock, { purpose: 'x' })).rejects.toMatchObject({ code: 'EISDIR' });
    expect(fs.readdirSync(dir)).toEqual(['metrics.lock']);
  });

  test('works where there are no hard links', async () => {
    vi.spyOn(fs, 'linkSync').mockImplementation(() => {
      throw Object.assign(new Error('not supported'), { code: 'EPERM' });
    });
    const held = await acquire();
    expect(await acquireLock(lock, { purpose: 'other' })).toMatchObject({
      status: 'busy',
      holder: held.owner,
    });
    await held.release();
    expect(fs.readdirSync(dir)).toEqual([]);

    writeOwner({ token: 'dead-token', boot_id: 'another' });
    const taken = await acquire();
    expect(JSON.parse(fs.readFileSync(lock, 'utf8'))).toEqual(taken.owner);
    expect(fs.readdirSync(dir)).toEqual(['metrics.lock']);
  });

  test('removes nothing of others when it cannot create its own', async () => {
    const { openSync } = fs;
    vi.spyOn(fs, 'linkSync').mockImplementation(() => {
      writeOwner({ token: 'faster-than-us' });
      throw Object.assign(new Error('not supported'), { code: 'EPERM' });
    });
    vi.spyOn(fs, 'openSync').mockImplementation((file, ...rest) => {
      if (file !== lock || rest[0] !== 'wx') return openSync(file, ...rest);
      throw Object.assign(new Error('too many open files'), { code: 'EMFILE' });
    });
    await expect(acquireLock(lock, { purpose: 'x' })).rejects.toMatchObject({ code: 'EMFILE' });
    expect(JSON.parse(fs.readFileSync(lock, 'utf8'))).toMatchObject({ token: 'faster-than-us' });
    expect(fs.readdirSync(dir)).toEqual(['metrics.lock']);
  });

  test('keeps no empty lock when the disk is full', async () => {
    vi.spyOn(fs, 'writeFileSync').mockImplementationOnce(() => {
      throw Object.assign(new Error('full'), { code: 'ENOSPC' });
    });
    await expect(acquireLock(lock, { purpose: 'x' })).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(fs.readdirSync(dir)).toEqual([]);
  });

  test('knows its own lock when a network file system answers "exists" to a link that was made', async () => {
    const { linkSync } = fs;
    vi.spyOn(fs, 'linkSync').mockImplementationOnce((from, to) => {
      linkSync(from, to);
      throw Object.assign(new Error('again'), { code: 'EEXIST' });
    });
    const held = await acquire();
    expect(JSON.parse(fs.readFileSync(lock, 'utf8'))).toEqual(held.owner);
  });

  test('excludes many processes from each other', async () => {
    const counter = path.join(dir, 'counter');
    fs.writeFileSync(counter, '0');
    const workers = Array.from({ length: 6 }, () => start('countUnderLock', [lock, counter, '40']));
    expect(await Promise.all(workers.map((worker) => worker.line()))).toEqual(workers.map(() => 'done'));
    await Promise.all(workers.map((worker) => worker.ended));
    expect(fs.readFileSync(counter, 'utf8')).toBe('240');
    expect(fs.readdirSync(dir)).toEqual(['counter']);
  });
});

describe('the lock of somebody else', () => {
  test('is never taken from a living process, however old it is', async () => {
    const owner = start('acquireOnCommand', [lock]);
    await owner.line();
    owner.send('acquire');
    expect(await owner.line()).toBe('acquired');
    age(lock, 86_400);
    const result = await acquireLock(lock, { purpose: 'robber', staleMs: 1 });
    expect(result).toMatchObject({ status: 'busy', holder: { pid: owner.pid, purpose: 'test' } });
    owner.send('release');
    expect(await owner.line()).toBe('released');
    await acquire({ purpose: 'next', staleMs: 1 });
  });

  test('is taken over at once when its process was killed', async () => {
    const owner = start('acquireOnCommand', [lock]);
    await owner.line();
    owner.send('acquire');
    await owner.line();
    await owner.kill();
    const held = await acquire({ purpose: 'heir', staleMs: 0 });
    expect(JSON.parse(fs.readFileSync(lock, 'utf8'))).toEqual(held.owner);
    expect(fs.readdirSync(dir)).toEqual(['metrics.lock']);
  });

  test.each([
    ['was written before a reboot', { boot_id: 'another' }],
    ['has a pid that is in use again', { process_start: '1' }],
  ])('is taken over at once when it %s', async (_, owner) => {
    writeOwner(owner);
    const held = await acquire({ purpose: 'heir', staleMs: 0 });
    expect(JSON.parse(fs.readFileSync(lock, 'utf8'))).toEqual(held.owner);
  });

  test.each([
    ['an empty file of another tool', () => fs.writeFileSync(lock, '')],
    ['something that is no lock', () => fs.writeFileSync(lock, '{"pid":"7"}')],
    ['a token that is no file name', () => writeOwner({ token: '../../x', boot_id: 'another' })],
    ['a lock of another host', () => writeOwner({ host: 'elsewhere' })],
  ])('%s is respected while fresh and taken over when old', async (_, write) => {
    write();
    expect(await acquireLock(lock, { purpose: 'x' })).toMatchObject({ status: 'busy' });
    age(lock, 290);
    expect(await acquireLock(lock, { purpose: 'x' })).toMatchObject({ status: 'busy' });
    age(lock, 310);
    expect(await acquireLock(lock, { purpose: 'x', staleMs: 0 })).toMatchObject({ status: 'busy' });
    const held = await acquire();
    expect(JSON.parse(fs.readFileSync(lock, 'utf8'))).toEqual(held.owner);
    expect(fs.readdirSync(dir)).toEqual(['metrics.lock']);
  });
});

describe('release', () => {
  test('leaves the lock of somebody else alone', async () => {
    const held = await acquire();
    writeOwner({ token: 'another-token' });
    await held.release();
    expect(JSON.parse(fs.readFileSync(lock, 'utf8'))).toMatchObject({ token: 'another-token' });
    fs.writeFileSync(lock, '');
    await held.release();
    expect(fs.existsSync(lock)).toBe(true);
  });

  test('can be called again, also when the lock has a new owner', async () => {
    const held = await acquire();
    await held.release();
    await held.release();
    const next = await acquire();
    await held.release();
    expect(JSON.parse(fs.readFileSync(lock, 'utf8'))).toEqual(next.owner);
  });
});

describe('inspectLock', () => {
  test('shows owner, liveness and age, and changes nothing', async () => {
    expect(await inspectLock(lock)).toBeNull();
    const held = await acquire();
    age(lock, 100);
    const seen = await inspectLock(lock);
    expect(seen).toMatchObject({ owner: held.owner, liveness: 'alive' });
    expect(seen?.ageMs).toBeGreaterThanOrEqual(100_000);
    writeOwner({ boot_id: 'another' });
    expect(await inspectLock(lock)).toMatchObject({ liveness: 'dead' });
    writeOwner({ host: 'elsewhere' });
    expect(await inspectLock(lock)).toMatchObject({ liveness: 'unknown', owner: { host: 'elsewhere' } });
    fs.writeFileSync(lock, '');
    expect(await inspectLock(lock)).toMatchObject({ liveness: 'unknown', owner: null });
    expect(fs.readdirSync(dir)).toEqual(['metrics.lock']);
  });
});

async function acquire(options: LockOptions = { purpose: 'test' }): Promise<HeldLock> {
  const result = await acquireLock(lock, options);
  if (result.status !== 'acquired') throw new Error(`busy: ${JSON.stringify(result)}`);
  return result.lock;
}

function writeOwner(changes: object): void {
  const owner = {
    ...currentProcess(),
    token: 'token-of-another',
    acquired_at: '2026-01-01T00:00:00.000Z',
    purpose: 'another',
    ...changes,
  };
  fs.writeFileSync(lock, JSON.stringify(owner));
}

function age(file: string, seconds: number): void {
  const then = Date.now() / 1000 - seconds;
  fs.utimesSync(file, then, then);
}
