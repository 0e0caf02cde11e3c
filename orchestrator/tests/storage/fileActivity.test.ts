import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  count,
  countingFor,
  createFileActivity,
  currentActivity,
  type FileActivity,
} from '../../src/storage/fileActivity.ts';
import { JsonLinesWriter } from '../../src/storage/jsonLinesWriter.ts';
import { acquireLock } from '../../src/storage/lock.ts';
import { readJsonLines } from '../../src/storage/readJsonLines.ts';
import { replaceFile, replaceFileSync } from '../../src/storage/replaceFile.ts';

let dir: string;
let activity: FileActivity;

beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'activity-'));
  activity = createFileActivity();
});
afterEach(() => fs.rmSync(dir, { recursive: true }));

const inDir = (name: string) => path.join(dir, name);

describe('the counters of a run', () => {
  it('tell manifests from other documents, and fsyncs only where there are some', async () => {
    await replaceFile(inDir('manifest.json'), 'ä', { activity, countedAs: 'manifest' });
    replaceFileSync(inDir('.heartbeat'), 'now', { activity, durable: false });
    expect(activity).toEqual({
      ...createFileActivity(),
      replaces: { manifest: { count: 1, bytes: 2 }, other: { count: 1, bytes: 3 } },
      fsyncs: { files: 1, directories: 1 },
    });
  });

  it('do not count what failed', async () => {
    fs.mkdirSync(inDir('taken'));
    await expect(replaceFile(inDir('taken'), 'x', { activity })).rejects.toThrow('EISDIR');
    expect(activity.replaces.other).toEqual({ count: 0, bytes: 0 });
  });

  it('count appends, the sync of a new file with its folder, and reading it', async () => {
    const file = inDir('runner.ndjson');
    const writer = JsonLinesWriter.open(file, { activity, countedAs: 'journal' });
    writer.append({ a: 1 });
    await writer.sync();
    writer.append({ b: 2 });
    await writer.sync();
    await writer.close();
    for await (const line of readJsonLines(file, { activity })) expect(line.kind).toBe('value');
    expect(activity).toEqual({
      ...createFileActivity(),
      appends: { ...createFileActivity().appends, journal: { count: 2, bytes: 16 } },
      fsyncs: { files: 2, directories: 1 },
      reads: { count: 1, bytes: 16 },
    });
  });

  it('count the waits for a lock, and a lock that a dead owner left', async () => {
    const lock = inDir('metrics.lock');
    const first = await acquireLock(lock, { purpose: 'test', activity });
    if (first.status !== 'acquired') throw new Error('busy');
    const other = createFileActivity();
    const busy = await acquireLock(lock, { purpose: 'test', attempts: 3, delayMs: 2, activity: other });
    expect(busy.status).toBe('busy');
    expect(other.locks).toMatchObject({ acquired: 0, waits: 2 });
    expect(other.locks.waited_ms).toBeGreaterThan(4);

    fs.writeFileSync(lock, JSON.stringify({ ...first.lock.owner, pid: 1, process_start: '-1' }));
    const taken = await acquireLock(lock, { purpose: 'test', activity: other });
    expect(taken.status).toBe('acquired');
    expect(other.locks).toMatchObject({ acquired: 1, taken_over: 1 });
    expect(activity.locks).toEqual({ acquired: 1, taken_over: 0, waits: 0, waited_ms: 0 });
  });
});

describe('countingFor', () => {
  it('holds for what is called within, and ends with it', () => {
    const inner = createFileActivity();
    countingFor(activity, () => {
      countingFor(inner, () => count(currentActivity()?.reads, 5));
      expect(() =>
        countingFor(inner, () => {
          throw new Error('unreadable');
        }),
      ).toThrow('unreadable');
      count(currentActivity()?.reads, Buffer.alloc(7));
    });
    expect(inner.reads).toEqual({ count: 1, bytes: 5 });
    expect(activity.reads).toEqual({ count: 1, bytes: 7 });
    expect(currentActivity()).toBeUndefined();
  });
});
