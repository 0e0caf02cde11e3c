import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loopPaths } from '../../../src/rlm/loop/loopPaths.ts';
import { unwrittenMs } from '../../../src/rlm/loop/unwrittenTime.ts';
import { loopState } from './stateSample.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'codex-unwritten-'));
  mkdirSync(path.join(folder, 'rlm'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const inProgress = {
  n: 2,
  startedAt: '',
  checkpoint: null,
  before: '',
  calls: [],
  agentEnded: null,
  processesCounted: 0,
};
const killed = loopState({ updatedAt: '2026-03-01T10:00:00.000Z', inProgress });

function log(name: string, time: string): void {
  const file = path.join(folder, 'rlm', name);
  writeFileSync(file, '');
  utimesSync(file, new Date(time), new Date(time));
}

describe('unwrittenMs', () => {
  it('is the time from the last write of the state to the last line of a log', () => {
    log('agent-2.jsonl', '2026-03-01T10:20:00.000Z');
    expect(unwrittenMs(killed, loopPaths(folder))).toBe(1_200_000);
    log('validator-2.log', '2026-03-01T10:20:01.500Z');
    expect(unwrittenMs(killed, loopPaths(folder))).toBe(1_201_500);
  });

  it('is nothing without such a log, after its last line, and outside of an iteration', () => {
    expect(unwrittenMs(killed, loopPaths(folder))).toBe(0);
    log('agent-2.jsonl', '2026-03-01T09:00:00.000Z');
    expect(unwrittenMs(killed, loopPaths(folder))).toBe(0);
    log('agent-2.jsonl', '2026-03-01T10:20:00.000Z');
    const final = { status: 'cancelled', exitCode: 130, reason: '' } as const;
    expect(unwrittenMs({ ...killed, final }, loopPaths(folder))).toBe(0);
    expect(unwrittenMs({ ...killed, inProgress: null }, loopPaths(folder))).toBe(0);
    expect(unwrittenMs({ ...killed, updatedAt: '' }, loopPaths(folder))).toBe(0);
  });
});
