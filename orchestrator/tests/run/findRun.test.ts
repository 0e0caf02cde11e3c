import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FailureError } from '../../src/failure.ts';
import { findRun } from '../../src/run/findRun.ts';
import { runPaths, type TaskEnvironment } from '../../src/run/paths.ts';

let env: TaskEnvironment;

beforeEach(async () => {
  const root = await mkdtemp(path.join(tmpdir(), 'find-run-'));
  env = {
    repoRoot: root,
    runsRoot: path.join(root, '.runs'),
    outRoot: path.join(root, 'out'),
    taskId: '0101',
  };
});

afterEach(() => rm(env.repoRoot, { recursive: true, force: true }));

function store(taskId: string, runId: string, parent: string | null = null): void {
  const { runDir, manifestPath } = runPaths({ ...env, taskId }, runId);
  mkdirSync(runDir, { recursive: true });
  writeFileSync(manifestPath, JSON.stringify({ run_id: runId, parent_run_id: parent }));
}

function found(runId: string | null, onlyTask = false): string {
  const { env: where, paths } = findRun(env, runId, onlyTask);
  return `${where.taskId}/${paths.runId}`;
}

function failureOf(runId: string | null, onlyTask = false): unknown {
  try {
    return found(runId, onlyTask);
  } catch (error) {
    return error instanceof FailureError ? error.failure : error;
  }
}

const OLD = '2026-01-01T00-00-00-000Z-aaaa1111';
const NEW = '2026-01-02T00-00-00-000Z-bbbb2222';
const CHILD = '2026-01-02T00-00-01-000Z-cccc3333';

describe('findRun', () => {
  it('finds a run of any task by its id or a part of it', () => {
    store('0101', OLD);
    store('other', NEW);
    expect(found(OLD)).toBe(`0101/${OLD}`);
    expect(found(NEW)).toBe(`other/${NEW}`);
    expect(found('bbbb2222')).toBe(`other/${NEW}`);
  });

  it('looks only in the task it is told to', () => {
    store('other', NEW);
    expect(failureOf(NEW, true)).toMatchObject({ kind: 'run-not-found', taskId: '0101', nearest: [] });
  });

  it('takes the newest run without an id, but never the child of another', () => {
    store('0101', OLD);
    store('0101', NEW);
    store('0101', CHILD, NEW);
    expect(found(null)).toBe(`0101/${NEW}`);
    store('0101', '2026-01-03T00-00-00-000Z-dddd4444', 'a-parent-elsewhere');
    expect(found(null)).toBe('0101/2026-01-03T00-00-00-000Z-dddd4444');
  });

  it('offers the runs that a part of an id could mean', () => {
    store('0101', OLD);
    store('0101', NEW);
    expect(failureOf('2026-01')).toMatchObject({
      kind: 'run-not-found',
      runId: '2026-01',
      nearest: [NEW, OLD],
    });
  });

  it('passes over runs that were killed before they had a manifest', () => {
    mkdirSync(runPaths(env, NEW).runDir, { recursive: true });
    store('0101', OLD);
    expect(found(null)).toBe(`0101/${OLD}`);
  });

  it('says so when there is no run at all', () => {
    expect(failureOf(null)).toMatchObject({ kind: 'run-not-found', runId: null, taskId: null, nearest: [] });
  });
});
